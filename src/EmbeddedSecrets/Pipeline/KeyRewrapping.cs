using EmbeddedSecrets.Envelope;
using EmbeddedSecrets.Errors;
using EmbeddedSecrets.Keys;

namespace EmbeddedSecrets.Pipeline;

/// <summary>
/// Rotation that finishes (DESIGN K7): every data key under the current generation of its key, then the generations on which
/// nothing hangs leave the ring, then the files.
/// </summary>
internal sealed class KeyRewrapping(OpenStore open, string? keyId, IProgress<RewrapProgress>? progress)
{
    /// <summary>A store that is written to all the time may never stand still for a scan: then the old generations stay, and the result says so.</summary>
    private const int Attempts = 3;

    private readonly List<EncryptionKeyGenerationId> _dropped = [];
    private long _secrets;
    private long _rewrapped;
    private long _current;
    private long _unavailable;

    public async ValueTask<RewrapResult> RunAsync(CancellationToken cancellationToken)
    {
        await open.ReloadKeysAsync(cancellationToken).ConfigureAwait(false);
        if (open.Ring is { } ring && keyId is not null)
        {
            EncryptionKey key = ring.Keys.Keys.GetValueOrDefault(keyId) ?? throw KeyFailures.KeyUnusable(keyId, UnavailabilityReason.KeyNotFound, null);
            key.RequireEnabled();
        }

        bool moved = keyId is null && await open.Header.RewrapStoreKeyAsync(cancellationToken).ConfigureAwait(false);
        await RewrapAllAsync(cancellationToken).ConfigureAwait(false);
        await DropUnusedAsync(cancellationToken).ConfigureAwait(false);
        if (moved || _rewrapped > 0 || _dropped.Count > 0)
        {
            // Until then the files hold the old wrapped keys, and in an old header the old generations.
            await open.CompactAsync(null, cancellationToken).ConfigureAwait(false);
        }

        return new RewrapResult
        {
            Rewrapped = _rewrapped,
            AlreadyCurrent = _current,
            Unavailable = _unavailable,
            DroppedGenerations = _dropped,
            RemainingGenerations = [.. OldGenerations()],
        };
    }

    private async ValueTask RewrapAllAsync(CancellationToken cancellationToken)
    {
        _current = 0;
        _unavailable = 0;
        long before = _rewrapped;
        var bulk = new BulkChange(open, (stored, token) => VersionRewriting.StepAsync(open, stored, keyId, RewrapAsync, token), Count);
        await bulk.RunAsync(cancellationToken).ConfigureAwait(false);

        // In a second pass those of the first are current already.
        _current = Math.Max(0, _current - before);
    }

    private void Count(BulkStep step)
    {
        _secrets++;
        _rewrapped += step.Changed;
        _current += step.Unchanged;
        _unavailable += step.Unavailable;
        progress?.Report(new RewrapProgress(_secrets, _rewrapped));
    }

    private async ValueTask<(SealedContent Content, RepositoryPayload? Payload)?> RewrapAsync(StoredSecret stored, SecretVersion version, CancellationToken cancellationToken)
    {
        SealedContent content = version.Content!;
        if (open.Ring is { } ring && ring.Keys.Keys.TryGetValue(content.DataKey.KeyId, out EncryptionKey? key) && key.CurrentGeneration == content.DataKey.Generation)
        {
            return (content, null);
        }

        // Only a provider of one's own answers with the same generation; with 0 it says that it does not tell.
        SealedContent rewrapped = await open.RewrapAsync(stored.Secret, version, cancellationToken).ConfigureAwait(false);
        bool isSame = rewrapped.DataKey.Generation != 0 && rewrapped.DataKey.Generation == content.DataKey.Generation;
        return (isSame ? content : rewrapped, null);
    }

    private async ValueTask DropUnusedAsync(CancellationToken cancellationToken)
    {
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            await open.ReloadKeysAsync(cancellationToken).ConfigureAwait(false);
            if (!OldGenerations().Any())
            {
                return;
            }

            // Before the scan: whatever is committed after this makes the dropping fail.
            long sequence = await open.CurrentSequenceAsync(cancellationToken).ConfigureAwait(false);
            HashSet<EncryptionKeyGenerationId> used = [.. (await KeyUse.GenerationsAsync(open, cancellationToken).ConfigureAwait(false)).Keys];
            used.Add(open.Header.StoreKeyGeneration);
            if (await open.Header.TryChangeRingAsync(ring => Drop(ring, used), sequence, cancellationToken).ConfigureAwait(false) is { } dropped)
            {
                _dropped.AddRange(dropped);
                if (!OldGenerations().Any(IsUsable))
                {
                    return;
                }
            }

            // A restore, or a writer that was faster than the first pass, may have left some behind.
            await RewrapAllAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private List<EncryptionKeyGenerationId> Drop(RingChange ring, HashSet<EncryptionKeyGenerationId> used)
    {
        List<EncryptionKeyGenerationId> dropped = [.. OldGenerations(ring.Next).Where(generation => !used.Contains(generation))];
        dropped.ForEach(generation => ring.DropGeneration(generation.KeyId, generation.Generation));
        return dropped;
    }

    private bool IsUsable(EncryptionKeyGenerationId generation)
    {
        return open.Ring!.Keys.Keys.TryGetValue(generation.KeyId, out EncryptionKey? key) && key.State == EncryptionKeyState.Enabled;
    }

    private IEnumerable<EncryptionKeyGenerationId> OldGenerations()
    {
        return open.Ring is { } ring ? OldGenerations(ring.Keys) : [];
    }

    private IEnumerable<EncryptionKeyGenerationId> OldGenerations(RingKeys ring)
    {
        return ring.Keys.Values.Where(key => keyId is null || key.Id == keyId)
            .OrderBy(static key => key.Id, StringComparer.Ordinal)
            .SelectMany(static key => key.Generations.Keys.Where(number => number != key.CurrentGeneration).Order(), static (key, number) => new EncryptionKeyGenerationId(key.Id, number));
    }
}
