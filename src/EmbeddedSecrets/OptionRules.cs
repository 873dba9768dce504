using EmbeddedSecrets.Keys;
using EmbeddedSecrets.Policies;
using EmbeddedSecrets.Secrets;

namespace EmbeddedSecrets;

/// <summary>The rules of the options of operations: what is null is not given; everything else has its rule here, or where the rule of what it holds is.</summary>
internal static class OptionRules
{
    public static void Check(CreateSecretOptions options, string parameter)
    {
        ArgumentNullException.ThrowIfNull(options, parameter);
        CheckVersion(options.VersionId, options.CreatedBy, parameter);
        CheckDescription(options.Description, options.Annotations, parameter);
        CheckEncryptionKey(options.EncryptionKeyId, parameter);

        if (options.Tags is { } tags)
        {
            SecretRules.CheckTags(tags, parameter);
        }

        if (options.Policy is { } policy)
        {
            _ = SecretPolicy.Parse(policy);
        }

        if (options.IfScheduledForDeletion is not (ScheduledDeletionBehavior.Fail or ScheduledDeletionBehavior.Restore))
        {
            throw new ArgumentException("IfScheduledForDeletion is Fail or Restore.", parameter);
        }
    }

    public static void CheckUnread(TimeSpan? unread, string parameter)
    {
        if (unread is { } span && (span <= TimeSpan.Zero || span > TimeSpan.FromDays(3_650)))
        {
            throw new ArgumentOutOfRangeException(parameter, span, "RefuseIfReadWithin is more than zero and at most 3,650 days.");
        }
    }

    public static void Check(PutSecretValueOptions options, string parameter)
    {
        ArgumentNullException.ThrowIfNull(options, parameter);
        CheckVersion(options.VersionId, options.CreatedBy, parameter);
        if (options.Stages is { } stages)
        {
            SecretRules.CheckStages(stages, parameter);
        }
    }

    public static void Check(UpdateSecretOptions options, string parameter)
    {
        ArgumentNullException.ThrowIfNull(options, parameter);
        if (options.Description is null && options.Annotations is null && options.EncryptionKeyId is null)
        {
            throw new ArgumentException("There is nothing to change: set Description, Annotations or EncryptionKeyId.", parameter);
        }

        CheckDescription(options.Description, options.Annotations, parameter);
        CheckEncryptionKey(options.EncryptionKeyId, parameter);
    }

    public static void Check(CreateKeyOptions options, string parameter)
    {
        ArgumentNullException.ThrowIfNull(options, parameter);
        CheckDescription(options.Description, null, parameter);
        if (options.RotationPeriod is { } period && (period < EncryptionKey.MinRotationPeriod || period > EncryptionKey.MaxRotationPeriod))
        {
            throw new ArgumentOutOfRangeException(parameter, period, "A rotation period is 1 to 3,650 days.");
        }
    }

    public static void Check(AddRootKeyOptions options, string parameter)
    {
        if (options.Description is { } description)
        {
            TextRules.CheckLength(description, 0, RootKeySlot.MaxDescriptionLength, "The description of a root key", parameter);
            CheckDescription(description, null, parameter);
        }
    }

    public static void Check(UpdateSecretVersionOptions options, string parameter)
    {
        ArgumentNullException.ThrowIfNull(options, parameter);
        if (options.Enabled is null && options.Validity is null)
        {
            throw new ArgumentException("There is nothing to change: set Enabled or Validity.", parameter);
        }
    }

    /// <summary>The built-in stages can be moved, never removed (SPEC I3, I4).</summary>
    public static void Check(string stage, VersionStageMove move, string parameter)
    {
        ArgumentNullException.ThrowIfNull(move, parameter);
        if (move.ToVersionId is null && stage is SecretStages.Current or SecretStages.Previous)
        {
            throw new ArgumentException("ACSCurrent and ACSPrevious cannot be removed, only moved: use VersionStageMove.To or FromTo.", parameter);
        }
    }

    /// <summary>What is set must be fit to be set, what is removed fit to be removed, and no key both.</summary>
    public static void Check(IReadOnlyDictionary<string, string> set, IReadOnlyCollection<string> remove, string setParameter, string removeParameter)
    {
        SecretRules.CheckTags(set, setParameter);
        SecretRules.CheckTagKeys(remove, removeParameter);
        if (set.Count + remove.Count == 0)
        {
            throw new ArgumentException("There is nothing to do: give at least one tag to set or tag key to remove.", setParameter);
        }

        int position = 0;
        foreach (string key in remove)
        {
            position++;
            if (set.ContainsKey(key))
            {
                throw new ArgumentException($"Tag key {position} is to be both set and removed.", removeParameter);
            }
        }
    }

    private static void CheckVersion(string? versionId, string? createdBy, string parameter)
    {
        if (versionId is not null)
        {
            SecretRules.CheckVersionId(versionId, parameter);
        }

        if (createdBy is not null)
        {
            SecretRules.CheckCreatedBy(createdBy, parameter);
        }
    }

    private static void CheckEncryptionKey(string? keyId, string parameter)
    {
        if (keyId is null)
        {
            return;
        }

        WrappedDataKey.CheckKeyId(keyId, parameter);
        if (keyId == EncryptionKeys.Store)
        {
            throw new ArgumentException($"The encryption key '{EncryptionKeys.Store}' is reserved for the store itself. Name another key, or none for the default.", parameter);
        }
    }

    private static void CheckDescription(string? description, IReadOnlyDictionary<string, string>? annotations, string parameter)
    {
        if (description is not null)
        {
            SecretRules.CheckDescription(description, parameter);
        }

        if (annotations is not null)
        {
            SecretRules.CheckAnnotations(annotations, parameter);
        }
    }
}
