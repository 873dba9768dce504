using EmbeddedSecrets.Pipeline;

namespace EmbeddedSecrets;

/// <summary>What an operator does with a store as a whole. It belongs to its store and ends with it.</summary>
public sealed class SecretStoreMaintenance
{
    private readonly StoreSession _session;

    internal SecretStoreMaintenance(StoreSession session)
    {
        _session = session;
    }

    /// <summary>
    /// Copies what is alive into a new log and drops the old one, beside readers and writers: what was deleted, destroyed or
    /// evicted is then in no file of the store. Where writing has stopped after a failure, this is the way back, once the
    /// cause is gone: what was acknowledged is kept, and what was not is not taken over.
    /// </summary>
    /// <param name="progress">Is told how far it is, on any thread; null for nobody.</param>
    /// <param name="cancellationToken">Ends it; the store is as it was.</param>
    /// <returns>When the new log is on the disk and in use.</returns>
    /// <exception cref="SecretStoreException">The store cannot be opened, was opened for reading only, or the disk failed. Everything committed is as it was.</exception>
    /// <remarks>A log compacts itself when more than half of it, and more than 4 MiB, is dead, at most once a minute.</remarks>
    public async ValueTask CompactAsync(IProgress<CompactionProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        var requestId = RequestId.Next();
        try
        {
            OpenStore open = await _session.EnterAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                await open.CompactAsync(progress, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                _session.Leave();
            }
        }
        catch (SecretStoreException exception) when (exception.Stamp(requestId))
        {
            throw;
        }
    }
}
