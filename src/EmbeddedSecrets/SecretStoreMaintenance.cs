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
    /// evicted, or whose recovery window has ended, is then in no file of the store. Where writing has stopped after a failure, this is the way back, once the
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
        return RunAsync(
            async open =>
            {
                await _session.TrySweepAsync(open, cancellationToken).ConfigureAwait(false);
                await open.CompactAsync(progress, cancellationToken).ConfigureAwait(false);
            },
            cancellationToken);
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

    /// <summary>
    /// Writes a backup: everything that was committed at one moment, sealed as it is in the store, while others read and
    /// write. Whoever has the backup needs a root key of the store to read it.
    /// </summary>
    /// <param name="destination">The stream; it is not closed. What was written to it is of no use when the call fails.</param>
    /// <param name="progress">Is told how far the copy is, on any thread; null for nobody.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>What the backup holds.</returns>
    /// <exception cref="ArgumentNullException">The destination is null.</exception>
    /// <exception cref="NotSupportedException">The repository of the store is not backed up in this way.</exception>
    /// <exception cref="SecretStoreException">The store cannot be opened, was opened for reading only, or the disk failed: it holds the copy until it is sent.</exception>
    public async ValueTask<BackupDescription> BackUpAsync(Stream destination, IProgress<CompactionProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(destination);
        BackupDescription? description = null;
        await RunAsync(
            async open =>
            {
                description = await open.BackUpAsync(destination, progress, cancellationToken).ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);
        return description!;
    }

    /// <summary>
    /// Makes a store of a backup. All of it is verified first, every value included; then it takes its place in one step,
    /// with new salts and in a new epoch, so that a rollback anchor tells it from what was there before.
    /// </summary>
    /// <param name="backup">The backup, read from its present position to its end; it is not closed.</param>
    /// <param name="directory">The directory of the restored store, made if it does not exist.</param>
    /// <param name="rootKey">A root key that opened the store when it was backed up.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="cancellationToken">Ends it before the restored store takes its place; a store that is there is as it was.</param>
    /// <returns>What was restored.</returns>
    /// <exception cref="ArgumentException">The directory is empty, or an argument is null.</exception>
    /// <exception cref="SecretConflictException">There is a store already (<c>Rejected.ResourceExist</c>), and it was not said to replace it.</exception>
    /// <exception cref="SecretStoreIntegrityException">The backup is cut, damaged or not authentic, or the root key does not open it.</exception>
    /// <exception cref="SecretStoreException">The store in the directory is open elsewhere, or the disk failed.</exception>
    public static ValueTask<BackupDescription> RestoreAsync(
        Stream backup, string directory, IRootKey rootKey, RestoreBackupOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(backup);
        ArgumentException.ThrowIfNullOrEmpty(directory);
        ArgumentNullException.ThrowIfNull(rootKey);
        options ??= new RestoreBackupOptions();
        return BackupRestoration.RunAsync(backup, directory, rootKey, options.Overwrite, options.RollbackAnchor, cancellationToken);
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
