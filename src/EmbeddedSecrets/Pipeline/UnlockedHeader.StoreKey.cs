using EmbeddedSecrets.Keys;

namespace EmbeddedSecrets.Pipeline;

/// <content>The store's own key in the header: a data key like any other, so it is rewrapped like any other.</content>
internal sealed partial class UnlockedHeader
{
    /// <summary>Gets the generation on which the store's own key hangs now.</summary>
    public EncryptionKeyGenerationId StoreKeyGeneration
    {
        get
        {
            WrappedDataKey storeKey = StoreHeader.Decode(_repository.CurrentHeader.Content).StoreKey;
            return new EncryptionKeyGenerationId(storeKey.KeyId, storeKey.Generation);
        }
    }

    /// <summary>Wraps the store's own key under the current generation of its key, by a header replacement. The key itself stays.</summary>
    /// <returns>Whether there was anything to do.</returns>
    public async ValueTask<bool> RewrapStoreKeyAsync(CancellationToken cancellationToken)
    {
        await EnterAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                RepositoryHeader header = await ReloadWithinGateAsync(cancellationToken).ConfigureAwait(false);
                StoreHeader content = StoreHeader.Decode(header.Content);
                if (_keyProvider is KeyRing ring && ring.Keys.Keys[EncryptionKeys.Store].CurrentGeneration == content.StoreKey.Generation)
                {
                    return false;
                }

                WrappedDataKey wrapped = await StoreUnlocking.RewrapAsync(_keyProvider, header.StoreId, content.StoreKey, _repository.Location, cancellationToken).ConfigureAwait(false);
                if (wrapped.Generation != 0 && wrapped.Generation == content.StoreKey.Generation)
                {
                    return false;
                }

                var next = new RepositoryHeader(header.StoreId, header.Revision + 1, (content with { StoreKey = wrapped }).Encode());
                try
                {
                    var commit = new RepositoryCommit { HeaderRevision = header.Revision, NewHeader = next, Changes = [] };
                    await _repository.CommitAsync(commit, CancellationToken.None).ConfigureAwait(false);
                    Volatile.Write(ref _revision, next.Revision);
                    return true;
                }
                catch (RepositoryConflictException)
                {
                    // Another instance has replaced the header: begin again with that.
                }
            }
        }
        finally
        {
            _gate.Release();
        }
    }
}
