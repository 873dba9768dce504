namespace EmbeddedSecrets.Secrets;

/// <summary>
/// The rules that arguments alone must satisfy (SPEC section 2.2, D-1 to D-6): each check throws an
/// <see cref="ArgumentException"/> that names the rule it found broken.
/// </summary>
internal static class SecretRules
{
    public const int MaxVersions = 10;
    public const int MaxStages = 8;
    public const int MaxTags = 20;
    public const int MaxAnnotations = 64;
    public const int MaxBatchNames = 50;
    public const int MaxRetiredVersionIds = 100;

    public static void CheckName(string name, string parameter) => throw new NotImplementedException();

    public static void CheckNames(IReadOnlyCollection<string> names, string parameter) => throw new NotImplementedException();

    public static void CheckVersionId(string versionId, string parameter) => throw new NotImplementedException();

    public static void CheckStage(string stage, string parameter) => throw new NotImplementedException();

    public static void CheckStages(IReadOnlyCollection<string> stages, string parameter) => throw new NotImplementedException();

    public static void CheckDescription(string description, string parameter) => throw new NotImplementedException();

    public static void CheckCreatedBy(string createdBy, string parameter) => throw new NotImplementedException();

    public static void CheckTags(IReadOnlyDictionary<string, string> tags, string parameter) => throw new NotImplementedException();

    public static void CheckTagKeys(IReadOnlyCollection<string> keys, string parameter) => throw new NotImplementedException();

    public static void CheckAnnotations(IReadOnlyDictionary<string, string> annotations, string parameter) => throw new NotImplementedException();

    public static void CheckRecoveryWindow(TimeSpan recoveryWindow, string parameter) => throw new NotImplementedException();

    /// <summary>An encryption key id: 1 to 256 printable ASCII characters without spaces.</summary>
    public static void CheckKeyId(string keyId, string parameter) => throw new NotImplementedException();
}
