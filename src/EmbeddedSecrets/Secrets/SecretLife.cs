using System.Collections.Immutable;
using EmbeddedSecrets.Errors;

namespace EmbeddedSecrets.Secrets;

/// <summary>Creation, description, deletion and restoration of a secret (SPEC sections 2.3 and 2.4).</summary>
internal static class SecretLife
{
    /// <summary>The secret if it exists at this time: one whose recovery window has ended is absent (SPEC 2.3), swept or not.</summary>
    public static Secret? Existing(Secret? stored, DateTimeOffset now)
    {
        return stored is null || stored.PlannedDeleteTime <= now ? null : stored;
    }

    /// <summary>The secret, or ResourceNotFound.</summary>
    public static Secret Require(string name, Secret? stored, DateTimeOffset now)
    {
        return Existing(stored, now) ?? throw SecretFailures.SecretNotFound(name);
    }

    /// <summary>
    /// Creates a secret with its first version; or, where the request asks for it and the secret is scheduled for deletion, restores it
    /// and puts the value. <paramref name="sameValue"/> says whether the value equals the stored one, where the
    /// request's version id exists already with a value (see <see cref="SecretVersions.FindReplayed"/>); else null.
    /// </summary>
    public static SecretTransition Create(Secret? stored, CreateRequest request, bool? sameValue, TransitionContext context)
    {
        if (Existing(stored, context.Now) is not { } secret)
        {
            return request.Options.ExpectedRevision is null ? CreateNew(request, context) : throw SecretFailures.RevisionConflict(request.Name);
        }

        if (secret.PlannedDeleteTime is not { } until)
        {
            throw SecretFailures.SecretExists(request.Name);
        }

        return request.Options.IfScheduledForDeletion == ScheduledDeletionBehavior.Restore
            ? RestoreAndPut(secret, request, sameValue, context)
            : throw SecretFailures.InDeleteWindow(request.Name, until);
    }

    public static SecretTransition Update(string name, Secret? stored, UpdateSecretOptions options, TransitionContext context)
    {
        Secret secret = TransitionRules.Require(name, stored, options.ExpectedRevision, context.Now);
        Secret next = Describe(secret, options.Description, options.Annotations) with { EncryptionKeyId = options.EncryptionKeyId ?? secret.EncryptionKeyId };
        return next.EncryptionKeyId == secret.EncryptionKeyId && next.Description == secret.Description && TransitionRules.AreEqual(next.Annotations, secret.Annotations)
            ? TransitionRules.Unchanged(secret)
            : TransitionRules.Changed(next, context);
    }

    /// <summary>Schedules the deletion, or removes the secret (<see cref="SecretTransition.Next"/> null) when the window is null.</summary>
    public static SecretTransition Delete(string name, Secret? stored, TimeSpan? recoveryWindow, bool purgeProtection, SecretRevision? expected, TransitionContext context)
    {
        if (recoveryWindow is { } window)
        {
            SecretRules.CheckRecoveryWindow(window, nameof(recoveryWindow));
            Secret secret = TransitionRules.Require(name, stored, expected, context.Now);
            return TransitionRules.Changed(secret with { PlannedDeleteTime = EndOfWindow(context.Now, window) }, context);
        }

        Secret removed = Require(name, stored, context.Now);
        if (purgeProtection && removed.PlannedDeleteTime is { } until)
        {
            throw SecretFailures.PurgeProtectedWindow(name, until);
        }

        TransitionRules.CheckExpected(removed, expected);
        return purgeProtection ? throw SecretFailures.PurgeProtected(name) : new SecretTransition(null, Evicted: []);
    }

    /// <summary>Refuses a secret that was read within the given time before now.</summary>
    public static void RequireUnread(Secret? stored, TimeSpan? unread, int lastAccessDay, DateTimeOffset now)
    {
        if (unread is { } span && Existing(stored, now) is { } secret && lastAccessDay > 0
            && DateOnly.FromDateTime(now.UtcDateTime).DayNumber - lastAccessDay < Math.Max(1, span.TotalDays))
        {
            throw SecretFailures.ReadLately(secret.Name, DateOnly.FromDayNumber(lastAccessDay));
        }
    }

    public static SecretTransition Restore(string name, Secret? stored, SecretRevision? expected, TransitionContext context)
    {
        Secret secret = Require(name, stored, context.Now);
        if (secret.PlannedDeleteTime is null)
        {
            throw SecretFailures.NotInDeleteWindow(name);
        }

        TransitionRules.CheckExpected(secret, expected);
        return TransitionRules.Changed(secret with { PlannedDeleteTime = null }, context);
    }

    /// <summary>Gives the secret another policy; its text is sealed by the caller of the transition.</summary>
    public static SecretTransition SetPolicy(string name, Secret? stored, string policy, SecretRevision? expected, TransitionContext context)
    {
        return TransitionRules.Changed(TransitionRules.Require(name, stored, expected, context.Now), context) with { Policy = policy };
    }

    /// <summary>A clock that stands near the end of the calendar is wrong, but must not keep a secret from being deleted.</summary>
    private static DateTimeOffset EndOfWindow(DateTimeOffset now, TimeSpan window)
    {
        return window < DateTimeOffset.MaxValue - now ? now + window : DateTimeOffset.MaxValue;
    }

    private static SecretTransition CreateNew(CreateRequest request, TransitionContext context)
    {
        CreateSecretOptions options = request.Options;
        (SecretVersion first, long lastChosen) = VersionAppending.First(FirstVersion(request), context.Now);
        var secret = new Secret
        {
            Name = request.Name,
            Incarnation = request.Incarnation,
            RevisionNumber = 1,
            Description = options.Description ?? string.Empty,
            EncryptionKeyId = request.EncryptionKeyId,
            CreateTime = context.Now,
            UpdateTime = context.Now,
            PlannedDeleteTime = null,
            CreatedBy = options.CreatedBy,
            Tags = TransitionRules.Copy(options.Tags),
            Annotations = TransitionRules.Copy(options.Annotations),
            Versions = [first],
            RetiredVersionIds = [],
            LastSequence = first.Sequence,
            LastChosenVersionId = lastChosen,
        };
        return new SecretTransition(TransitionRules.Verified(secret), Version: first, Evicted: [], Policy: options.Policy);
    }

    /// <summary>One change: restored, described and tagged anew, and the value put as ACSCurrent.</summary>
    private static SecretTransition RestoreAndPut(Secret secret, CreateRequest request, bool? sameValue, TransitionContext context)
    {
        CreateSecretOptions options = request.Options;
        if (options.EncryptionKeyId is { } keyId && keyId != secret.EncryptionKeyId)
        {
            throw SecretFailures.OtherEncryptionKey(secret.Name, secret.EncryptionKeyId);
        }

        if (options.ExpectedRevision is { } expected && expected != secret.Revision)
        {
            throw SecretFailures.RevisionConflict(secret.Name);
        }

        // What was asked for is that a read returns the value afterwards: an older version of that id does not do that.
        SecretVersion? replayed = VersionAppending.FindReplay(secret, options.VersionId, sameValue);
        if (replayed is not null && !replayed.Stages.Contains(SecretStages.Current))
        {
            throw SecretFailures.VersionIdNotCurrent(secret.Name, replayed.VersionId);
        }

        ImmutableSortedDictionary<string, string> tags = options.Tags is null ? secret.Tags : secret.Tags.SetItems(options.Tags);
        if (tags.Count > SecretRules.MaxTags)
        {
            throw SecretFailures.TooManyTags(secret.Name, tags.Count, SecretRules.MaxTags);
        }

        Secret restored = Describe(secret, options.Description, options.Annotations) with { PlannedDeleteTime = null, Tags = tags };
        SecretTransition done = replayed is null
            ? VersionAppending.Append(restored, FirstVersion(request), context)
            : TransitionRules.Changed(restored, context, replayed);
        return done with { Policy = options.Policy };
    }

    private static NewVersion FirstVersion(CreateRequest request)
    {
        CreateSecretOptions options = request.Options;
        return new NewVersion(options.VersionId, request.ValueKind, VersionStages.CurrentOnly, options.Validity, options.CreatedBy);
    }

    private static Secret Describe(Secret secret, string? description, IReadOnlyDictionary<string, string>? annotations)
    {
        return secret with
        {
            Description = description ?? secret.Description,
            Annotations = annotations is null ? secret.Annotations : TransitionRules.Copy(annotations),
        };
    }
}

/// <summary>What a creation needs beyond the stored state. The incarnation is drawn by the caller.</summary>
internal sealed record CreateRequest(string Name, UniqueId Incarnation, SecretValueKind ValueKind, string EncryptionKeyId, CreateSecretOptions Options);
