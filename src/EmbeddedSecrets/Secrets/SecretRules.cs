using EmbeddedSecrets.Collections;

namespace EmbeddedSecrets.Secrets;

/// <summary>
/// The rules that arguments alone must satisfy (SPEC section 2.2, D-1 to D-6): each check throws an
/// <see cref="ArgumentException"/> that names the rule it found broken.
/// </summary>
/// <remarks>Messages say where the offending character or element is, counted from 1, and never repeat what was given.</remarks>
internal static class SecretRules
{
    public const int MaxNameLength = 192;
    public const int MaxVersionIdLength = 64;
    public const int MaxStageLength = 64;
    public const int MaxVersions = 10;
    public const int MaxStages = 8;
    public const int MaxTags = 20;
    public const int MaxTagLength = 128;
    public const int MaxAnnotations = 64;
    public const int MaxAnnotationKeyLength = 128;
    public const int MaxAnnotationLength = 1_024;
    public const int MaxDescriptionLength = 8_192;
    public const int MaxCreatedByLength = 256;
    public const int MaxBatchNames = 50;
    public const int MaxRetiredVersionIds = 100;

    private const string NameCharacterText = "A-Z a-z 0-9 _ / + = . @ -";
    private const string ReservedNamePrefix = "acs/";

    private static readonly AsciiSet NameCharacters =
        new("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_/+=.@-");

    private static readonly AsciiSet StageCharacters =
        new("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-");

    private static readonly TimeSpan MinRecoveryWindow = TimeSpan.FromDays(7);
    private static readonly TimeSpan MaxRecoveryWindow = TimeSpan.FromDays(30);
    private static readonly TimeSpan MaxKeyDeletionWindow = TimeSpan.FromDays(366);

    public static void CheckName(string name, string parameter) => CheckNameAt(name, parameter, "A secret name");

    /// <summary>A copy of the names that is known to be valid, whatever the caller does to its own collection meanwhile.</summary>
    public static string[] CheckedNames(IReadOnlyCollection<string> names, string parameter)
    {
        ArgumentNullException.ThrowIfNull(names, parameter);
        string[] copy = [.. names];
        CheckNames(copy, parameter);
        return copy;
    }

    public static void CheckNames(IReadOnlyCollection<string> names, string parameter)
    {
        ArgumentNullException.ThrowIfNull(names, parameter);
        TextRules.CheckCount(names.Count, 1, MaxBatchNames, "names in one call", parameter);
        CheckEach(names, parameter, "name", static (name, parameter, what) => CheckNameAt(name, parameter, what));
    }

    public static void CheckVersionId(string versionId, string parameter)
    {
        ArgumentNullException.ThrowIfNull(versionId, parameter);
        TextRules.CheckLength(versionId, 1, MaxVersionIdLength, "A version id", parameter);
        TextRules.CheckCharacters(versionId, NameCharacters, NameCharacterText, "A version id", parameter);
    }

    public static void CheckStage(string stage, string parameter) => CheckStageAt(stage, parameter, "A stage");

    /// <summary>The stages of a new version: 1 to 8, distinct, and not both built-in ones (SPEC D-12).</summary>
    public static void CheckStages(IReadOnlyCollection<string> stages, string parameter)
    {
        ArgumentNullException.ThrowIfNull(stages, parameter);
        TextRules.CheckCount(stages.Count, 1, MaxStages, "stages of one version", parameter);
        CheckEach(stages, parameter, "stage", static (stage, parameter, what) => CheckStageAt(stage, parameter, what));
        if (stages.Contains(SecretStages.Current, StringComparer.Ordinal) && stages.Contains(SecretStages.Previous, StringComparer.Ordinal))
        {
            throw new ArgumentException("A new version cannot carry both ACSCurrent and ACSPrevious.", parameter);
        }
    }

    public static void CheckDescription(string description, string parameter)
    {
        ArgumentNullException.ThrowIfNull(description, parameter);
        TextRules.CheckLength(description, 0, MaxDescriptionLength, "A description", parameter);
        TextRules.CheckWellFormed(description, "A description", parameter);
    }

    public static void CheckCreatedBy(string createdBy, string parameter)
    {
        ArgumentNullException.ThrowIfNull(createdBy, parameter);
        TextRules.CheckLength(createdBy, 0, MaxCreatedByLength, "CreatedBy", parameter);
        TextRules.CheckWellFormed(createdBy, "CreatedBy", parameter);
        TextRules.CheckNoControls(createdBy, "CreatedBy", parameter);
    }

    /// <summary>The name of a caller, as policies see it: 1 to 256 UTF-16 units, nothing invisible, no wildcard.</summary>
    public static void CheckPrincipal(string principal, string parameter)
    {
        ArgumentNullException.ThrowIfNull(principal, parameter);
        CheckPrincipalPattern(principal, "A caller's name", parameter);
        if (principal.AsSpan().ContainsAny('*', '?'))
        {
            throw new ArgumentException("A caller's name holds neither * nor ?, which are wildcards in a policy.", parameter);
        }
    }

    /// <summary>The name of a caller in a policy, where <c>*</c> and <c>?</c> may stand in it.</summary>
    public static void CheckPrincipalPattern(string pattern, string what, string parameter)
    {
        TextRules.CheckLength(pattern, 1, MaxCreatedByLength, what, parameter);
        TextRules.CheckWellFormed(pattern, what, parameter);
        TextRules.CheckNoControls(pattern, what, parameter);
        TextRules.CheckNoFormats(pattern, what, parameter);
    }

    public static void CheckTags(IReadOnlyDictionary<string, string> tags, string parameter)
    {
        ArgumentNullException.ThrowIfNull(tags, parameter);
        TextRules.CheckCount(tags.Count, 0, MaxTags, "tags in one call", parameter);
        int position = 0;
        foreach ((string key, string value) in tags)
        {
            position++;
            CheckTagKey(key, $"The key of tag {position}", parameter);
            TextRules.CheckNotNull(value, $"The value of tag {position}", parameter);
            TextRules.CheckLength(value, 0, MaxTagLength, $"The value of tag {position}", parameter);
            TextRules.CheckTagCharacters(value, $"The value of tag {position}", parameter);
        }
    }

    public static void CheckTagKeys(IReadOnlyCollection<string> keys, string parameter)
    {
        ArgumentNullException.ThrowIfNull(keys, parameter);
        TextRules.CheckCount(keys.Count, 0, MaxTags, "tag keys in one call", parameter);
        int position = 0;
        foreach (string key in keys)
        {
            position++;
            CheckTagKey(key, $"Tag key {position}", parameter);
        }
    }

    public static void CheckAnnotations(IReadOnlyDictionary<string, string> annotations, string parameter)
    {
        ArgumentNullException.ThrowIfNull(annotations, parameter);
        TextRules.CheckCount(annotations.Count, 0, MaxAnnotations, "annotations", parameter);
        int position = 0;
        foreach ((string key, string value) in annotations)
        {
            position++;
            string what = $"The key of annotation {position}";
            TextRules.CheckLength(key, 1, MaxAnnotationKeyLength, what, parameter);
            TextRules.CheckWellFormed(key, what, parameter);
            what = $"The value of annotation {position}";
            TextRules.CheckNotNull(value, what, parameter);
            TextRules.CheckLength(value, 0, MaxAnnotationLength, what, parameter);
            TextRules.CheckWellFormed(value, what, parameter);
        }
    }

    public static void CheckRecoveryWindow(TimeSpan recoveryWindow, string parameter)
    {
        if (recoveryWindow < MinRecoveryWindow || recoveryWindow > MaxRecoveryWindow)
        {
            throw new ArgumentOutOfRangeException(parameter, recoveryWindow, "A recovery window is 7 to 30 days.");
        }
    }

    /// <summary>The id of an encryption key that callers manage: the store's own are reserved.</summary>
    public static void CheckManagedKeyId(string keyId, string parameter)
    {
        WrappedDataKey.CheckKeyId(keyId, parameter);
        if (keyId.StartsWith(ReservedNamePrefix, StringComparison.Ordinal))
        {
            throw new ArgumentException($"Encryption keys that begin with '{ReservedNamePrefix}' are reserved for the store itself.", parameter);
        }
    }

    public static void CheckKeyDeletionWindow(TimeSpan window, string parameter)
    {
        if (window < MinRecoveryWindow || window > MaxKeyDeletionWindow)
        {
            throw new ArgumentOutOfRangeException(parameter, window, "The window before the deletion of an encryption key is 7 to 366 days.");
        }
    }

    private static void CheckNameAt(string name, string parameter, string what)
    {
        ArgumentNullException.ThrowIfNull(name, parameter);
        TextRules.CheckLength(name, 1, MaxNameLength, what, parameter);
        TextRules.CheckCharacters(name, NameCharacters, NameCharacterText, what, parameter);
        if (name.StartsWith(ReservedNamePrefix, StringComparison.Ordinal))
        {
            throw new ArgumentException($"{what} must not begin with '{ReservedNamePrefix}'.", parameter);
        }
    }

    private static void CheckStageAt(string stage, string parameter, string what)
    {
        ArgumentNullException.ThrowIfNull(stage, parameter);
        TextRules.CheckLength(stage, 1, MaxStageLength, what, parameter);
        TextRules.CheckCharacters(stage, StageCharacters, "A-Z a-z 0-9 _ . -", what, parameter);
        RefuseCaseVariant(stage, SecretStages.Current, what, parameter);
        RefuseCaseVariant(stage, SecretStages.Previous, what, parameter);
    }

    private static void RefuseCaseVariant(string stage, string builtIn, string what, string parameter)
    {
        if (stage.Equals(builtIn, StringComparison.OrdinalIgnoreCase) && !stage.Equals(builtIn, StringComparison.Ordinal))
        {
            throw new ArgumentException($"{what} differs from {builtIn} only by case. Stages are case-sensitive: write it as {builtIn}, or choose another name.", parameter);
        }
    }

    private static void CheckTagKey(string key, string what, string parameter)
    {
        TextRules.CheckNotNull(key, what, parameter);
        TextRules.CheckLength(key, 1, MaxTagLength, what, parameter);
        TextRules.CheckTagCharacters(key, what, parameter);
        if (key.StartsWith("aliyun", StringComparison.OrdinalIgnoreCase) || key.StartsWith("acs:", StringComparison.OrdinalIgnoreCase))
        {
            throw new ArgumentException($"{what} begins with 'aliyun' or 'acs:', which are reserved.", parameter);
        }
    }

    private static void CheckEach(IReadOnlyCollection<string> texts, string parameter, string noun, Action<string, string, string> check)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        int position = 0;
        foreach (string text in texts)
        {
            position++;
            string what = $"The {noun} at position {position}";
            TextRules.CheckNotNull(text, what, parameter);
            check(text, parameter, what);
            if (!seen.Add(text))
            {
                throw new ArgumentException($"{what} stands in the list already.", parameter);
            }
        }
    }
}
