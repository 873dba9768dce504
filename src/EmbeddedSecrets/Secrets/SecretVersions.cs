using System.Collections.Immutable;
using EmbeddedSecrets.Errors;

namespace EmbeddedSecrets.Secrets;

/// <summary>Versions and stages of a secret (SPEC section 2.4).</summary>
internal static class SecretVersions
{
    /// <summary>
    /// The stored version with this id whose value is to be compared with a new one, or null. A put compares on an active secret, a
    /// restoring creation on one that is scheduled for deletion; in the other state the call fails, and no value is read for that.
    /// </summary>
    public static SecretVersion? FindReplayed(Secret? stored, string? versionId, bool whenScheduled, DateTimeOffset now)
    {
        if (versionId is null || SecretLife.Existing(stored, now) is not { } secret || secret.PlannedDeleteTime is null == whenScheduled)
        {
            return null;
        }

        int index = VersionStages.IndexOfVersion(secret.Versions, versionId);
        return index >= 0 && secret.Versions[index].State != SecretVersionState.Destroyed ? secret.Versions[index] : null;
    }

    /// <summary>
    /// Appends a version (SPEC PutSecretValue). A replay answers unchanged with the stored version, before the expected revision is looked
    /// at. <see cref="SecretTransition.Version"/> has no content yet: sealing follows.
    /// </summary>
    public static SecretTransition Put(string name, Secret? stored, SecretValueKind kind, PutSecretValueOptions options, bool? sameValue, TransitionContext context)
    {
        Secret secret = TransitionRules.RequireActive(name, stored, context.Now);
        if (VersionAppending.FindReplay(secret, options.VersionId, sameValue) is { } replayed)
        {
            return TransitionRules.Unchanged(secret, replayed);
        }

        TransitionRules.CheckExpected(secret, options.ExpectedRevision);
        var version = new NewVersion(options.VersionId, kind, options.Stages ?? VersionStages.CurrentOnly, options.Validity, options.CreatedBy);
        return VersionAppending.Append(secret, version, context);
    }

    /// <summary>The version that a read asks for, checked to be readable now: ResourceNotFound, InvalidParameter (D-13), ResourceInDeleteWindow, Rejected.Unavailable with a reason.</summary>
    public static SecretVersion Select(string name, Secret? stored, SecretVersionSelector which, DateTimeOffset now)
    {
        Secret secret = TransitionRules.RequireActive(name, stored, now);
        SecretVersion version = Find(secret, which);
        SecretVersionValidity validity = version.Validity;
        return version.State switch
        {
            SecretVersionState.Destroyed => throw SecretFailures.VersionDestroyed(name, version.VersionId),
            SecretVersionState.Disabled => throw SecretFailures.VersionDisabled(name, version.VersionId),
            _ when validity.IsAdvisory => version,
            _ when validity.NotBefore is { } notBefore && now < notBefore => throw SecretFailures.VersionNotYetValid(name, version.VersionId, notBefore),
            _ when validity.ExpiresAt is { } expiresAt && now >= expiresAt => throw SecretFailures.VersionExpired(name, version.VersionId, expiresAt),
            _ => version,
        };
    }

    public static SecretTransition MoveStage(string name, Secret? stored, string stage, VersionStageMove move, SecretRevision? expected, TransitionContext context)
    {
        SecretRules.CheckStage(stage, nameof(stage));
        Secret secret = TransitionRules.Require(name, stored, expected, context.Now);
        int from = move.FromVersionId is { } fromId ? RequireVersion(secret, fromId) : -1;
        int to = move.ToVersionId is { } toId ? RequireVersion(secret, toId) : -1;
        if (from >= 0 && !VersionStages.Carries(secret.Versions[from], stage))
        {
            throw SecretFailures.StageIsElsewhere(name, stage, secret.Versions[from].VersionId);
        }

        if (to < 0)
        {
            ImmutableArray<SecretVersion> without = VersionStages.Remove(secret.Versions, stage);
            return TransitionRules.Changed(secret with { Versions = without }, context, without[from]);
        }

        SecretVersion target = secret.Versions[to];
        if (VersionStages.Carries(target, stage))
        {
            return TransitionRules.Unchanged(secret, target);
        }

        if (stage == SecretStages.Current && target.State != SecretVersionState.Enabled)
        {
            throw SecretFailures.CurrentNeedsEnabledVersion(name, target.VersionId, target.State == SecretVersionState.Destroyed);
        }

        ImmutableArray<SecretVersion> moved = VersionStages.Move(name, secret.Versions, [stage], to);
        return TransitionRules.Changed(secret with { Versions = moved }, context, moved[to]);
    }

    public static SecretTransition Update(string name, Secret? stored, string versionId, UpdateSecretVersionOptions options, TransitionContext context)
    {
        ArgumentNullException.ThrowIfNull(options);
        SecretRules.CheckVersionId(versionId, nameof(versionId));
        Secret secret = TransitionRules.Require(name, stored, options.ExpectedRevision, context.Now);
        int index = RequireVersion(secret, versionId);
        SecretVersion version = secret.Versions[index];
        if (version.State == SecretVersionState.Destroyed && (options.Enabled is not null || options.Validity is not null))
        {
            throw SecretFailures.VersionDestroyed(name, versionId);
        }

        SecretVersion next = version with
        {
            State = options.Enabled switch
            {
                true => SecretVersionState.Enabled,
                false => SecretVersionState.Disabled,
                null => version.State,
            },
            Validity = options.Validity ?? version.Validity,
        };
        if (next.State == SecretVersionState.Disabled && VersionStages.Carries(version, SecretStages.Current))
        {
            throw SecretFailures.CurrentCannotBe(name, versionId, isDestroyed: false);
        }

        return next.State == version.State && AreEqual(next.Validity, version.Validity)
            ? TransitionRules.Unchanged(secret, version)
            : TransitionRules.Changed(secret with { Versions = secret.Versions.SetItem(index, next) }, context, next);
    }

    public static SecretTransition Destroy(string name, Secret? stored, string versionId, SecretRevision? expected, TransitionContext context)
    {
        SecretRules.CheckVersionId(versionId, nameof(versionId));
        Secret secret = TransitionRules.Require(name, stored, expected, context.Now);
        int index = RequireVersion(secret, versionId);
        SecretVersion version = secret.Versions[index];
        if (version.State == SecretVersionState.Destroyed)
        {
            return TransitionRules.Unchanged(secret, version);
        }

        if (VersionStages.Carries(version, SecretStages.Current))
        {
            throw SecretFailures.CurrentCannotBe(name, versionId, isDestroyed: true);
        }

        SecretVersion next = version with { State = SecretVersionState.Destroyed, Content = null };
        return TransitionRules.Changed(secret with { Versions = secret.Versions.SetItem(index, next) }, context, next);
    }

    private static SecretVersion Find(Secret secret, SecretVersionSelector which)
    {
        if (which.VersionId is not { } versionId)
        {
            string stage = which.VersionStage ?? SecretStages.Current;
            int found = VersionStages.IndexOf(secret.Versions, stage);
            return found >= 0 ? secret.Versions[found] : throw SecretFailures.StageNotFound(secret.Name, stage);
        }

        int index = VersionStages.IndexOfVersion(secret.Versions, versionId);
        if (which.VersionStage is { } required && (index < 0 || !VersionStages.Carries(secret.Versions[index], required)))
        {
            throw SecretFailures.VersionLacksStage(secret.Name, versionId, required);
        }

        return index >= 0 ? secret.Versions[index] : throw SecretFailures.VersionNotFound(secret.Name, versionId);
    }

    private static int RequireVersion(Secret secret, string versionId)
    {
        int index = VersionStages.IndexOfVersion(secret.Versions, versionId);
        return index >= 0 ? index : throw SecretFailures.VersionNotFound(secret.Name, versionId);
    }

    private static bool AreEqual(SecretVersionValidity left, SecretVersionValidity right)
    {
        return left.NotBefore == right.NotBefore && left.ExpiresAt == right.ExpiresAt && left.IsAdvisory == right.IsAdvisory;
    }
}
