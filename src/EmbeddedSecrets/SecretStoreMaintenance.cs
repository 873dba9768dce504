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
    /// <remarks>
    /// A log compacts itself when more than half of it, and more than 4 MiB, is dead, and whenever it holds a value that was
    /// deleted, destroyed or evicted; at most once a minute.
    /// </remarks>
    public ValueTask CompactAsync(IProgress<CompactionProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        return RunAsync(open => open.CompactAsync(progress, cancellationToken), cancellationToken);
    }

    /// <summary>
    /// Waits until no file of the store holds a value, or its wrapped data key, that was deleted, destroyed or evicted before
    /// the call; also no deleted file that another process of this library still has open. By itself that comes about within
    /// a minute and the time of a compaction; <see cref="CompactAsync"/> begins it at once.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait, not the erasure.</param>
    /// <returns>When it is gone.</returns>
    /// <exception cref="SecretStoreException">The store cannot be opened, was opened for reading only, or its writing has stopped.</exception>
    /// <remarks>Media that keep old blocks, file systems that keep snapshots, and backups are beyond its reach.</remarks>
    public ValueTask WaitForErasureAsync(CancellationToken cancellationToken = default)
    {
        return RunAsync(open => open.WaitForErasureAsync(cancellationToken), cancellationToken);
    }

    private async ValueTask RunAsync(Func<OpenStore, ValueTask> operation, CancellationToken cancellationToken)
    {
        var requestId = RequestId.Next();
        try
        {
            OpenStore open = await _session.EnterAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                await operation(open).ConfigureAwait(false);
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
