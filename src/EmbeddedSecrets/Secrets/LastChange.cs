using System.Collections.Immutable;

namespace EmbeddedSecrets.Secrets;

/// <summary>What a caller's last change did, kept in the record, so that whoever watches learns it from there.</summary>
/// <param name="Kind">What it did.</param>
/// <param name="VersionId">The version that it is about; null for none.</param>
/// <param name="Revision">The repository's revision of the record with which it was committed: a record whose revision is higher was moved without a caller's change since, as by rewrapping.</param>
internal readonly record struct LastChange(SecretChangeKind Kind, string? VersionId, long Revision)
{
    /// <summary>Finds out what led from one state of a secret to the next.</summary>
    public static LastChange Between(Secret? before, Secret after, long revision)
    {
        if (before is null || before.Incarnation != after.Incarnation)
        {
            return new LastChange(SecretChangeKind.Created, after.Versions[^1].VersionId, revision);
        }

        if (after.LastSequence > before.LastSequence)
        {
            return new LastChange(SecretChangeKind.ValuePut, after.Versions[^1].VersionId, revision);
        }

        if (before.PlannedDeleteTime is null != after.PlannedDeleteTime is null)
        {
            return new LastChange(after.PlannedDeleteTime is null ? SecretChangeKind.Restored : SecretChangeKind.DeletionScheduled, null, revision);
        }

        foreach ((SecretVersion old, SecretVersion version) in before.Versions.Zip(after.Versions))
        {
            if (old.State != version.State || old.Validity != version.Validity)
            {
                SecretChangeKind kind = version.State == SecretVersionState.Destroyed ? SecretChangeKind.VersionDestroyed : SecretChangeKind.VersionUpdated;
                return new LastChange(kind, version.VersionId, revision);
            }
        }

        if (before.Policy?.PayloadId != after.Policy?.PayloadId)
        {
            return new LastChange(SecretChangeKind.PolicySet, null, revision);
        }

        return StagesDiffer(before.Versions, after.Versions)
            ? new LastChange(SecretChangeKind.StagesMoved, MovedCurrent(before, after), revision)
            : new LastChange(SecretChangeKind.Updated, null, revision);
    }

    private static bool StagesDiffer(ImmutableArray<SecretVersion> before, ImmutableArray<SecretVersion> after) =>
        before.Zip(after).Any(static pair => !pair.First.Stages.SequenceEqual(pair.Second.Stages));

    private static string? MovedCurrent(Secret before, Secret after)
    {
        string? current = CurrentOf(after);
        return current == CurrentOf(before) ? null : current;
    }

    private static string? CurrentOf(Secret secret) => secret.Versions.FirstOrDefault(static version => version.Stages.Contains(SecretStages.Current))?.VersionId;
}
