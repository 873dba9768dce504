using EmbeddedSecrets.Errors;

namespace EmbeddedSecrets.Secrets;

/// <summary>How a secret from a bundle comes into a store: pure rules. An imported secret is as it was where it was exported, without contents.</summary>
internal static class SecretImporting
{
    /// <summary>So that no counter of a hostile bundle comes near its end.</summary>
    private const long MaxCounter = 1L << 53;

    /// <summary>What is broken, in words, or null; the policy is not looked at.</summary>
    public static string? FindViolation(Secret secret)
    {
        try
        {
            SecretRules.CheckName(secret.Name, nameof(secret));
            SecretRules.CheckDescription(secret.Description, nameof(secret));
            SecretRules.CheckManagedKeyId(secret.EncryptionKeyId, nameof(secret));
            SecretRules.CheckTags(secret.Tags, nameof(secret));
            SecretRules.CheckAnnotations(secret.Annotations, nameof(secret));
            CheckCreatedBy(secret.CreatedBy);

            foreach (SecretVersion version in secret.Versions)
            {
                SecretRules.CheckVersionId(version.VersionId, nameof(secret));
                CheckCreatedBy(version.CreatedBy);
                foreach (string stage in version.Stages)
                {
                    SecretRules.CheckStage(stage, nameof(secret));
                }
            }
        }
        catch (ArgumentException exception)
        {
            return exception.Message;
        }

        return secret.LastSequence > MaxCounter || secret.LastChosenVersionId > MaxCounter
            ? "its counters are impossible."
            : SecretInvariants.FindViolation(secret);
    }

    /// <summary>Whether everything but the values and the policy is equal. Where a secret is, and under which keys, is not part of it.</summary>
    public static bool IsAlike(Secret stored, Secret imported)
    {
        return stored.PlannedDeleteTime is null
            && stored.Description == imported.Description
            && stored.CreatedBy == imported.CreatedBy
            && stored.CreateTime == imported.CreateTime
            && TransitionRules.AreEqual(stored.Tags, imported.Tags)
            && TransitionRules.AreEqual(stored.Annotations, imported.Annotations)
            && stored.Versions.Length == imported.Versions.Length
            && stored.Versions.Zip(imported.Versions).All(static pair => IsAlike(pair.First, pair.Second));
    }

    /// <summary>The version whose value a read without a selector returns.</summary>
    public static int IndexOfCurrent(Secret secret) => VersionStages.IndexOf(secret.Versions, SecretStages.Current);

    /// <summary>
    /// What the import does. <paramref name="isEqual"/> says whether the stored secret is alike and has equal values; by the rule
    /// of new versions, whether the current values are equal.
    /// </summary>
    public static (ImportOutcome Outcome, SecretTransition Transition) Import(
        Secret? stored, Secret imported, bool isEqual, ImportConflict rule, bool purgeProtection, TransitionContext context)
    {
        if (SecretLife.Existing(stored, context.Now) is not { } secret)
        {
            return (ImportOutcome.Created, Whole(imported, context));
        }

        if (isEqual)
        {
            return (ImportOutcome.Unchanged, TransitionRules.Unchanged(secret));
        }

        return rule switch
        {
            ImportConflict.Skip => (ImportOutcome.Skipped, TransitionRules.Unchanged(secret)),
            ImportConflict.Overwrite when purgeProtection => throw BundleFailures.PurgeProtected(secret.Name),
            ImportConflict.Overwrite => (ImportOutcome.Overwritten, Whole(imported, context)),
            ImportConflict.NewVersion => (ImportOutcome.NewVersion, Append(secret, imported, context)),
            _ => throw BundleFailures.Conflict(secret.Name),
        };
    }

    private static SecretTransition Whole(Secret imported, TransitionContext context)
    {
        return new SecretTransition(TransitionRules.Verified(imported with { RevisionNumber = 1, UpdateTime = context.Now }), Evicted: []);
    }

    private static SecretTransition Append(Secret secret, Secret imported, TransitionContext context)
    {
        Secret active = TransitionRules.RequireActive(secret.Name, secret, context.Now);
        SecretVersion current = imported.Versions[IndexOfCurrent(imported)];
        string? versionId = IsFree(active, current.VersionId, context) ? current.VersionId : null;
        return VersionAppending.Append(active, new NewVersion(versionId, current.ValueKind, VersionStages.CurrentOnly, current.Validity, current.CreatedBy), context);
    }

    private static bool IsFree(Secret secret, string versionId, TransitionContext context)
    {
        return VersionStages.IndexOfVersion(secret.Versions, versionId) < 0
            && (secret.RetiredVersionIds.Length == 0 || !IsRetired(secret.RetiredVersionIds, context.HashVersionId(secret.Incarnation, versionId)));
    }

    private static bool IsRetired(RetiredVersionId[] retired, ulong hash) => retired.Any(one => one.Hash == hash);

    private static bool IsAlike(SecretVersion stored, SecretVersion imported)
    {
        return stored.VersionId == imported.VersionId
            && stored.CreateTime == imported.CreateTime
            && stored.State == imported.State
            && stored.ValueKind == imported.ValueKind
            && stored.CreatedBy == imported.CreatedBy
            && stored.Validity.NotBefore == imported.Validity.NotBefore
            && stored.Validity.ExpiresAt == imported.Validity.ExpiresAt
            && stored.Validity.IsAdvisory == imported.Validity.IsAdvisory
            && stored.Stages.SequenceEqual(imported.Stages, StringComparer.Ordinal);
    }

    private static void CheckCreatedBy(string? createdBy)
    {
        if (createdBy is not null)
        {
            SecretRules.CheckCreatedBy(createdBy, nameof(createdBy));
        }
    }
}

/// <summary>What became of one secret of a bundle.</summary>
internal enum ImportOutcome
{
    Created,
    Overwritten,
    NewVersion,
    Skipped,
    Unchanged,
}
