using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Errors;

namespace EmbeddedSecrets.Secrets;

/// <summary>How a version comes to a secret: its id, its stages, and what falls out for it.</summary>
internal static class VersionAppending
{
    private const int MaxChosenIdLength = 20;

    /// <summary>
    /// The version that the call is a replay of, or null. An id that belongs to another value, to a destroyed version or to an
    /// evicted one is ResourceExist. A retired id is looked at after the expected revision, in <see cref="Append"/>.
    /// </summary>
    public static SecretVersion? FindReplay(Secret secret, string? versionId, bool? sameValue)
    {
        int index = versionId is null ? -1 : VersionStages.IndexOfVersion(secret.Versions, versionId);
        if (index < 0)
        {
            return null;
        }

        SecretVersion version = secret.Versions[index];
        if (version.State == SecretVersionState.Destroyed)
        {
            throw SecretFailures.VersionIdDestroyed(secret.Name, version.VersionId);
        }

        return sameValue switch
        {
            true => version,
            false => throw SecretFailures.VersionIdTaken(secret.Name, version.VersionId),
            null => throw new InvalidOperationException("The caller did not compare the value with that of the stored version."),
        };
    }

    /// <summary>The first version of a new secret.</summary>
    public static (SecretVersion Version, long LastChosen) First(NewVersion version, DateTimeOffset now)
    {
        return (Make(version, version.VersionId ?? ChosenId(1), 1, VersionStages.CurrentOnly, now), version.VersionId is null ? 1 : 0);
    }

    /// <summary>Appends a version, moves the stages to it and lets the version log evict (SPEC PutSecretValue, steps 3 to 9).</summary>
    public static SecretTransition Append(Secret secret, NewVersion version, TransitionContext context)
    {
        (string versionId, long lastChosen) = ChooseId(secret, version.VersionId, context);
        long sequence = secret.LastSequence + 1;
        ImmutableArray<SecretVersion> versions = secret.Versions.Add(Make(version, versionId, sequence, [], context.Now));
        versions = VersionStages.Move(secret.Name, versions, version.Stages, versions.Length - 1);
        ImmutableArray<SecretVersion> evicted = VersionEviction.Evict(secret.Name, versions, context.VersionLog);

        // What Complete does, in the same copy: most changes of a store are this one.
        Secret next = secret with
        {
            RevisionNumber = secret.RevisionNumber + 1,
            UpdateTime = context.Now,
            Versions = versions.RemoveRange(evicted),
            RetiredVersionIds = Retire(secret, evicted, context),
            LastSequence = sequence,
            LastChosenVersionId = lastChosen,
        };
        return new SecretTransition(TransitionRules.Verified(next), Version: next.Versions[^1], Evicted: evicted);
    }

    private static SecretVersion Make(NewVersion version, string versionId, long sequence, IReadOnlyList<string> stages, DateTimeOffset now)
    {
        return new SecretVersion
        {
            VersionId = versionId,
            Sequence = sequence,
            CreateTime = now,
            Stages = stages,
            State = SecretVersionState.Enabled,
            ValueKind = version.ValueKind,
            Validity = version.Validity ?? SecretVersionValidity.Always,
            CreatedBy = version.CreatedBy,
        };
    }

    private static (string VersionId, long LastChosen) ChooseId(Secret secret, string? wanted, TransitionContext context)
    {
        if (wanted is not null)
        {
            return IsRetired(secret, wanted, context)
                ? throw SecretFailures.VersionIdRetired(secret.Name, wanted)
                : (wanted, secret.LastChosenVersionId);
        }

        // As many numbers as versions were used: no caller ever named one above the last, so none can be retired (SPEC D-10).
        bool allChosen = secret.LastChosenVersionId == secret.LastSequence;
        for (long n = secret.LastChosenVersionId + 1; ; n++)
        {
            string chosen = ChosenId(n);
            if (VersionStages.IndexOfVersion(secret.Versions, chosen) < 0 && (allChosen || !IsRetired(secret, chosen, context)))
            {
                return (chosen, n);
            }
        }
    }

    private static string ChosenId(long n)
    {
        Span<byte> text = stackalloc byte[MaxChosenIdLength];
        return System.Text.Unicode.Utf8.TryWrite(text, CultureInfo.InvariantCulture, $"v{n}", out int length)
            ? SharedTexts.Of(text[..length])
            : throw new UnreachableException("A number of 64 bits has at most 19 digits.");
    }

    private static bool IsRetired(Secret secret, string versionId, TransitionContext context)
    {
        if (secret.RetiredVersionIds.Length == 0)
        {
            return false;
        }

        ulong hash = context.HashVersionId(secret.Incarnation, versionId);
        foreach (RetiredVersionId retired in secret.RetiredVersionIds)
        {
            if (retired.Hash == hash)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>In the order of eviction: what fell out first is forgotten first (SPEC D-10).</summary>
    private static RetiredVersionId[] Retire(Secret secret, ImmutableArray<SecretVersion> evicted, TransitionContext context)
    {
        if (evicted.IsEmpty)
        {
            return secret.RetiredVersionIds;
        }

        // At most 10 fall out at once, so what they push out is among those that were there.
        ReadOnlySpan<RetiredVersionId> before = secret.RetiredVersionIds;
        ReadOnlySpan<RetiredVersionId> kept = before[Math.Max(0, before.Length + evicted.Length - SecretRules.MaxRetiredVersionIds)..];
        var retired = new RetiredVersionId[kept.Length + evicted.Length];
        kept.CopyTo(retired);
        for (int i = 0; i < evicted.Length; i++)
        {
            retired[kept.Length + i] = new RetiredVersionId(context.HashVersionId(secret.Incarnation, evicted[i].VersionId), evicted[i].Sequence);
        }

        return retired;
    }
}

/// <summary>What a caller says of a version that is to be written.</summary>
internal sealed record NewVersion(string? VersionId, SecretValueKind ValueKind, IReadOnlyCollection<string> Stages, SecretVersionValidity? Validity, string? CreatedBy);
