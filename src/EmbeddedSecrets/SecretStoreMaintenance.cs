using System.Runtime.CompilerServices;
using EmbeddedSecrets.Diagnostics;
using EmbeddedSecrets.Errors;
using EmbeddedSecrets.Exchange;
using EmbeddedSecrets.Pipeline;
using EmbeddedSecrets.Verification;

namespace EmbeddedSecrets;

/// <summary>What an operator does with a store as a whole. It belongs to its store and ends with it.</summary>
public sealed class SecretStoreMaintenance
{
    private readonly StoreSession _session;
    private readonly IVersionLog _versionLog;
    private readonly OperationObserver _observer;

    internal SecretStoreMaintenance(StoreSession session, IVersionLog versionLog, OperationObserver observer)
    {
        _session = session;
        _versionLog = versionLog;
        _observer = observer;
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
    public ValueTask CompactAsync(IProgress<CopyProgress>? progress = null, CancellationToken cancellationToken = default)
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
    public ValueTask<BackupDescription> BackUpAsync(Stream destination, IProgress<CopyProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(destination);
        return RunAsync(open => open.BackUpAsync(destination, progress, cancellationToken), cancellationToken);
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
    /// <exception cref="SecretStoreAccessException">The root key does not open the backup (<c>Store.WrongKey</c>), or is not there (<c>Store.KeyMissing</c>).</exception>
    /// <exception cref="SecretStoreIntegrityException">The backup is cut, damaged or not authentic.</exception>
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

    /// <summary>
    /// Verifies a store as it lies in its directory, which need not open, and reports every fault with its place instead of ending at the
    /// first: the log, the key ring, every record, every wrapped data key, every value and policy, and on request the audit trail. It changes nothing; others may read and
    /// write meanwhile, and what was committed when it began is verified.
    /// </summary>
    /// <param name="directory">The directory of the store.</param>
    /// <param name="rootKey">A root key of the store. Where it does not open the store, that is a fault, and what needs no key is verified.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="progress">Is told how far it is; null for nobody.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>What was found. Damage is never an exception.</returns>
    /// <exception cref="ArgumentException">The directory is empty, an argument is null, or an option breaks its rule.</exception>
    /// <exception cref="SecretNotFoundException">There is no store in the directory.</exception>
    /// <exception cref="SecretStoreException">The directory or its log cannot be read at all, or another process does not give back the right to write.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <remarks>
    /// It reads the log twice and every value once. It cannot find an older copy that was put back, a tail that was cut off at the end of
    /// a commit, or damage of the last commit of a store that was not closed, which looks like an unfinished one: that is a note. Nor
    /// does it find damage of what a compaction copied and was replaced or deleted since: nothing reads it, and no checksum covers it.
    /// Bytes that the disk does not give are a fault, and what is behind them is verified.
    /// While it runs, a compaction does not free the log that it reads.
    /// </remarks>
    public static ValueTask<VerificationReport> VerifyAsync(
        string directory, IRootKey rootKey, VerifyOptions? options = null, IProgress<VerificationProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        ArgumentNullException.ThrowIfNull(rootKey);
        return StoreVerification.RunAsync(directory, rootKey, OptionCopies.Checked(options), progress, cancellationToken);
    }

    /// <summary>
    /// Writes secrets into a bundle that another store can import: sealed under a fresh key of its own, which the given root key
    /// wraps. No key of this store is in it, and none opens it. Others read and write meanwhile.
    /// </summary>
    /// <param name="destination">The stream; it is not closed. What was written to it is of no use when the call fails.</param>
    /// <param name="rootKey">The root key that opens the bundle; a file, a mounted file or a variable must hold a key already. A certificate needs no private key here.</param>
    /// <param name="options">What is exported; null for everything.</param>
    /// <param name="progress">Is told after each secret; null for nobody.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>What the bundle holds.</returns>
    /// <exception cref="ArgumentException">An argument is null, an option breaks its rule, or the stream cannot be written.</exception>
    /// <exception cref="SecretNotFoundException">There is no secret of a name that was given.</exception>
    /// <exception cref="SecretUnavailableException">The encryption key of a secret cannot be used now, so that its values cannot be exported.</exception>
    /// <exception cref="SecretStoreException">The store cannot be opened or read, or the root key cannot be used.</exception>
    /// <exception cref="IOException">The stream failed.</exception>
    /// <remarks>
    /// Each secret is as it was at one moment, with all its values; the whole is not of one moment, as a backup is. A secret that
    /// is scheduled for deletion is left out and counted. Versions that are disabled or outside their validity are exported. At
    /// most one secret with its values is in memory.
    /// </remarks>
    public ValueTask<ExportResult> ExportAsync(
        Stream destination, IRootKey rootKey, ExportOptions? options = null, IProgress<ExportProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(destination);
        ArgumentNullException.ThrowIfNull(rootKey);
        ExportOptions given = OptionCopies.Checked(options);
        if (!destination.CanWrite)
        {
            throw new ArgumentException("The stream cannot be written.", nameof(destination));
        }

        return RunAsync(
            open => SecretExport.RunAsync(open, destination, rootKey, given, progress, _session.Options.TimeProvider, cancellationToken), cancellationToken);
    }

    /// <summary>
    /// Brings the secrets of a bundle into this store, each in one commit: values under fresh data keys, and versions, stages,
    /// states, validity, times, tags, annotations and descriptions and policies as they were exported.
    /// </summary>
    /// <param name="source">The bundle, from its present position to its end; it is not closed.</param>
    /// <param name="rootKey">The root key for which the bundle was made.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="progress">Is told after each secret; null for nobody.</param>
    /// <param name="cancellationToken">Ends it; what was imported before stays.</param>
    /// <returns>What was done.</returns>
    /// <exception cref="ArgumentException">An argument is null, an option breaks its rule, or the stream cannot be read.</exception>
    /// <exception cref="SecretStoreAccessException">The root key does not open the bundle: <c>Store.WrongKey</c>.</exception>
    /// <exception cref="SecretStoreIntegrityException">The bundle is cut or damaged (<c>Store.Corrupt</c>), not authentic (<c>Store.Tampered</c>), or of a newer format.</exception>
    /// <exception cref="SecretConflictException">A secret is there already and differs (<c>Rejected.ResourceExist</c>), or is scheduled for deletion and cannot get a new version.</exception>
    /// <exception cref="SecretRequestException">A secret is to be overwritten in a store with purge protection.</exception>
    /// <exception cref="SecretStoreException">The encryption key cannot be used, or the store cannot be read or written.</exception>
    /// <exception cref="IOException">The stream failed.</exception>
    /// <remarks>
    /// <para>A stream that can seek is read twice: all of it is verified, and with <see cref="ImportConflict.Fail"/> compared, before
    /// anything is written. Another one is read once: each secret is verified before it is imported, and what came before a
    /// damaged, cut or conflicting place stays imported.</para>
    /// <para>An import that was interrupted is finished by running it again with the same options: a secret that is equal
    /// already counts as unchanged, whatever the rule for conflicts. Whoever has the root key of a bundle can make one: only a
    /// root key that nobody else has says where a bundle comes from, and a certificate never does.</para>
    /// </remarks>
    public ValueTask<ImportResult> ImportAsync(
        Stream source, IRootKey rootKey, ImportOptions? options = null, IProgress<ImportProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(rootKey);
        ImportOptions given = OptionCopies.Checked(options);
        if (!source.CanRead)
        {
            throw new ArgumentException("The stream cannot be read.", nameof(source));
        }

        return RunAsync(
            open => _session.Options.ReadOnly && !given.DryRun
                ? throw StoreFailures.ReadOnly(_session.Location)
                : new SecretImport(open, _session.Options, _versionLog, given, progress).RunAsync(source, rootKey, cancellationToken),
            cancellationToken);
    }

    private async ValueTask RunAsync(Func<OpenStore, ValueTask> operation, CancellationToken cancellationToken, [CallerMemberName] string caller = "")
    {
        _ = await RunAsync<object?>(
            async open =>
            {
                await operation(open).ConfigureAwait(false);
                return null;
            },
            cancellationToken,
            caller).ConfigureAwait(false);
    }

    private ValueTask<T> RunAsync<T>(Func<OpenStore, ValueTask<T>> operation, CancellationToken cancellationToken, [CallerMemberName] string caller = "")
    {
        var requestId = RequestId.Next();
        return _observer.RunAsync(
            new ObservedOperation(ObservedOperation.NameOf(caller), requestId, null, ObservedOperation.NoSecret),
            () => _session.RunAsync(requestId, operation, cancellationToken),
            static (_, _) => default,
            cancellationToken);
    }
}
