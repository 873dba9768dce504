using EmbeddedSecrets.Errors;
using EmbeddedSecrets.Keys;
using EmbeddedSecrets.Records;

namespace EmbeddedSecrets.Pipeline;

/// <summary>
/// The header whose keys are in use: follows a header that somebody else replaced, and replaces it by one with a changed key
/// ring. Safe for several threads at once; one change at a time.
/// </summary>
internal sealed partial class UnlockedHeader : IDisposable
{
    private readonly ISecretRepository _repository;
    private readonly IKeyProvider _keyProvider;
    private readonly StoreCipher _cipher;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private long _revision;

    /// <summary>The cipher stays the caller's.</summary>
    public UnlockedHeader(ISecretRepository repository, IKeyProvider keyProvider, StoreCipher cipher, long revision)
    {
        _repository = repository;
        _keyProvider = keyProvider;
        _cipher = cipher;
        _revision = revision;
    }

    /// <summary>The revision of the header whose keys are in use: taken before sealing, given with the commit (DESIGN K7).</summary>
    public long Revision => Volatile.Read(ref _revision);

    /// <summary>Unlocks again when the header was replaced.</summary>
    public async ValueTask ReloadAsync(CancellationToken cancellationToken)
    {
        await EnterAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            _ = await ReloadWithinGateAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Changes the key ring: the one way in which a header is replaced. The change is applied again when somebody was faster.</summary>
    /// <returns>What the change answered, once it is durable and the ring in memory is the new one.</returns>
    public async ValueTask<T> ChangeRingAsync<T>(Func<RingChange, T> change, CancellationToken cancellationToken)
        where T : class
    {
        return (await TryChangeRingAsync(change, null, cancellationToken).ConfigureAwait(false))!;
    }

    /// <summary>Changes the key ring if nothing was committed after a change sequence.</summary>
    /// <returns>What the change answered; null when something was committed after the sequence, and nothing was changed.</returns>
    public async ValueTask<T?> TryChangeRingAsync<T>(Func<RingChange, T> change, long? expectedSequence, CancellationToken cancellationToken)
        where T : class
    {
        var ring = (KeyRing)_keyProvider;
        await EnterAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                RepositoryHeader header = await ReloadWithinGateAsync(cancellationToken).ConfigureAwait(false);
                StoreHeader content = StoreHeader.Decode(header.Content);
                NextRing<T> next = ring.Prepare(change);
                if (next.Keys is null)
                {
                    return next.Result;
                }

                RepositoryConflict? conflict = await CommitRingAsync(ring, next.Keys, next.RootKey, header, content with { RingState = next.State }, expectedSequence).ConfigureAwait(false);
                if (conflict is null)
                {
                    return next.Result;
                }

                if (conflict == RepositoryConflict.Sequence)
                {
                    return null;
                }
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose()
    {
        _gate.Dispose();
    }

    /// <summary>Where every part completes synchronously, a synchronous read waits for the work of whoever is faster, not for an asynchronous answer.</summary>
    private ValueTask EnterAsync(CancellationToken cancellationToken)
    {
        if (!_repository.CompletesSynchronously || !_keyProvider.CompletesSynchronously)
        {
            return new ValueTask(_gate.WaitAsync(cancellationToken));
        }

        _gate.Wait(cancellationToken);
        return ValueTask.CompletedTask;
    }

    private async ValueTask<RepositoryHeader> ReloadWithinGateAsync(CancellationToken cancellationToken)
    {
        // Takes over what others have committed: a change must not be refused, nor a key described, by what stood before it.
        _ = await _repository.WaitForChangeAsync(-1, cancellationToken).ConfigureAwait(false);
        RepositoryHeader header = _repository.CurrentHeader;
        if (header.Revision == _revision)
        {
            return header;
        }

        using StoreCipher unlocked = await StoreUnlocking.UnlockAsync(_keyProvider, header, _repository.Location, isReload: true, cancellationToken).ConfigureAwait(false);
        if (!unlocked.HasSameKey(_cipher))
        {
            throw KeyFailures.Tampered();
        }

        Volatile.Write(ref _revision, header.Revision);
        return header;
    }

    /// <summary>Commits a ring and takes it into use; its keys are zeroed where that fails. Not cancelled: the ring in memory must not lag behind the one that is stored.</summary>
    private async ValueTask<RepositoryConflict?> CommitRingAsync(
        KeyRing ring, RingKeys keys, IRootKey? rootKey, RepositoryHeader replaced, StoreHeader content, long? expectedSequence)
    {
        bool isAdopted = false;
        try
        {
            var header = new RepositoryHeader(replaced.StoreId, replaced.Revision + 1, content.Encode());
            var commit = new RepositoryCommit { HeaderRevision = replaced.Revision, NewHeader = header, ExpectedSequence = expectedSequence, Changes = [] };
            await _repository.CommitAsync(commit, CancellationToken.None).ConfigureAwait(false);

            if (!keys.HasSlotInUse)
            {
                // This instance stands as every other one that opened the store with the root key that was removed: it unlocks before
                // its next operation, and fails unless its root key opens another slot.
                return null;
            }

            // The ring before the revision: whoever reads the revision first then seals under keys of that revision or later.
            ring.Adopt(keys, rootKey);
            isAdopted = true;
            Volatile.Write(ref _revision, header.Revision);
            return null;
        }
        catch (RepositoryConflictException exception)
        {
            return exception.Conflict;
        }
        finally
        {
            if (!isAdopted)
            {
                keys.Dispose();
            }
        }
    }
}
