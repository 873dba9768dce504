using EmbeddedSecrets.Keys;

namespace EmbeddedSecrets.Pipeline;

/// <summary>What the time alone does to encryption keys: removal at the end of a window, and rotation after a period.</summary>
internal static class KeySweeping
{
    /// <summary>A store that is written to all the time may never stand still for a scan: then the next sweep tries again.</summary>
    private const int Attempts = 3;

    /// <summary>Sweeps once. The key that is kept is the one of secrets that name none.</summary>
    public static async ValueTask<KeySweep> SweepAsync(OpenStore open, KeyRing ring, string keptKeyId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await open.ReloadKeysAsync(cancellationToken).ConfigureAwait(false);

        // Removal first: it makes room in the ring.
        int removed = 0;
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            HashSet<string> due = [.. ring.Keys.Keys.Values.Where(key => IsRemovable(key, keptKeyId, now)).Select(static key => key.Id)];
            if (due.Count == 0)
            {
                break;
            }

            // Before the scan: whatever is committed after this makes the removal fail.
            long sequence = await open.CurrentSequenceAsync(cancellationToken).ConfigureAwait(false);
            await KeyUse.ExceptUsedAsync(open, due, cancellationToken).ConfigureAwait(false);
            if (due.Count == 0)
            {
                break;
            }

            if (await open.Header.TryChangeRingAsync(change => Remove(change, due, keptKeyId, now), sequence, cancellationToken).ConfigureAwait(false) is { } done)
            {
                removed = done.Count;
                break;
            }
        }

        int rotated = 0;
        if (ring.Keys.Keys.Values.Any(key => EncryptionKeyLife.IsRotationDue(key, now)))
        {
            rotated = (await open.Header.ChangeRingAsync(change => Rotate(change, now), cancellationToken).ConfigureAwait(false)).Count;
        }

        return new KeySweep(removed, rotated);
    }

    private static bool IsRemovable(EncryptionKey key, string keptKeyId, DateTimeOffset now)
    {
        return key.Id is not (EncryptionKeys.Store or EncryptionKeys.Default) && key.Id != keptKeyId && EncryptionKeyLife.IsDeletionDue(key, now);
    }

    /// <summary>The ring may have changed since the scan began: only what is still due goes.</summary>
    private static List<string> Remove(RingChange change, IEnumerable<string> unused, string keptKeyId, DateTimeOffset now)
    {
        List<string> removed = [.. unused.Where(id => change.Find(id) is { } key && IsRemovable(key, keptKeyId, now))];
        removed.ForEach(change.Remove);
        return removed;
    }

    private static List<string> Rotate(RingChange change, DateTimeOffset now)
    {
        List<string> due = [.. change.Next.Keys.Values.Where(key => EncryptionKeyLife.IsRotationDue(key, now)).Select(static key => key.Id)];
        due.ForEach(id => EncryptionKeyLife.Rotate(change, id, now));
        return due;
    }
}

/// <summary>What a sweep did.</summary>
internal readonly record struct KeySweep(int Removed, int Rotated);
