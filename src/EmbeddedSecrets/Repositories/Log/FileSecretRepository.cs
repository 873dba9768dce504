using EmbeddedSecrets.Caching;
using EmbeddedSecrets.Errors;
using EmbeddedSecrets.Files;
using EmbeddedSecrets.Repositories;
using EmbeddedSecrets.Repositories.Log;

namespace EmbeddedSecrets;

/// <summary>
/// Keeps a store in a directory (mode 0700) of its own, as an append-only log (mode 0600). A commit is acknowledged when its
/// bytes are on the disk; commits that come together share one write and one flush. Names are hidden on the disk.
/// </summary>
/// <remarks>
/// Several instances, in this process and in others on the same machine, may have a store open and write to it; what one has
/// acknowledged, a call that starts afterwards sees everywhere (DESIGN F6). The format is drawn in <c>docs/format.md</c>.
/// Constructing does no I/O.
/// </remarks>
public sealed class FileSecretRepository : ISecretRepository, IResidentRepository
{
    private readonly LogSettings _settings;
    private readonly BoundedCache<UniqueId, CachedPayload> _payloads;
    private readonly Func<IStoreDirectory?> _openDirectory;
    private readonly Lock _life = new();

    private LogOpening? _opening;
    private volatile OpenLog? _log;
    private volatile bool _disposed;

    /// <summary>Makes a repository; the directory is not touched yet.</summary>
    /// <param name="directory">The directory. It is made, with its parents, when the store is opened for writing and does not exist.</param>
    /// <param name="options">
    /// How to open: reading only, recovery, rollback anchor, lock timeout, the bound of the payload cache, the clock; null for the
    /// defaults. A store that is composed with this repository and no options of its own has these.
    /// </param>
    /// <exception cref="ArgumentException">The directory is empty or no path.</exception>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option is out of its range.</exception>
    public FileSecretRepository(string directory, SecretStoreOptions? options = null)
        : this(directory, options, null)
    {
    }

    /// <summary>For tests: another directory than the one on the disk, and nothing that happens by itself.</summary>
    internal FileSecretRepository(string directory, SecretStoreOptions? options, Func<IStoreDirectory?>? openDirectory, bool compactsByItself = true)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        Location = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
        Options = SecretStoreOptionsValidator.CopyValid(options);
        _settings = LogSettings.Of(Options) with { CompactsByItself = compactsByItself };
        _payloads = new BoundedCache<UniqueId, CachedPayload>(Options.PayloadCacheBytes);
        _openDirectory = openDirectory ?? (() => StoreDirectory.OpenOrMake(Location, _settings.ReadOnly));
    }

    /// <inheritdoc/>
    public bool CompletesSynchronously => true;

    /// <inheritdoc/>
    public string Location { get; }

    /// <inheritdoc/>
    public RepositoryHeader CurrentHeader => Started().Header;

    /// <summary>Gets the options, which nobody changes.</summary>
    internal SecretStoreOptions Options { get; }

    /// <summary>Gets how often bytes of a writer that died were met and removed. For tests.</summary>
    internal int RemovedUnfinished => _log?.RemovedUnfinished ?? 0;

    /// <summary>Gets how many commits wait for the next batch. For tests.</summary>
    internal int WaitingCommits => _log?.Commits?.WaitingCount ?? 0;

    /// <summary>Gets the index in memory, for tests.</summary>
    internal LogIndex Index => Started().View.Index;

    /// <summary>What a store is told of its files must have come here, where it counts: otherwise one that was to be read only would be written.</summary>
    internal void RequireSame(SecretStoreOptions options, string parameter)
    {
        if (!LogSettings.Of(options).Opens(_settings) || options.PayloadCacheBytes != Options.PayloadCacheBytes)
        {
            throw new ArgumentException(
                $"The {nameof(FileSecretRepository)} was made with another {nameof(options.ReadOnly)}, {nameof(options.Recovery)}, {nameof(options.RollbackAnchor)}, {nameof(options.AcceptRollback)}, {nameof(options.LockTimeout)} or {nameof(options.PayloadCacheBytes)} than the store. Give both the same options, or give them to the repository alone.",
                parameter);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The repository was started already.</exception>
    public ValueTask<RepositoryHeader?> ReadHeaderAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_life)
        {
            CheckNotStarted();
            Release();
            try
            {
                if (_openDirectory() is { } directory)
                {
                    _opening = new LogOpening(directory, _settings, NewIndex);
                }

                return ValueTask.FromResult(_opening?.FindHeader());
            }
            catch (Exception exception)
            {
                Release();
                if (exception is IOException or UnauthorizedAccessException)
                {
                    throw StoreFailures.ReadFailed(Location, exception);
                }

                throw;
            }
        }
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The repository was started already, or <see cref="ReadHeaderAsync"/> was not called before.</exception>
    public ValueTask<RecoveryReport> StartAsync(RepositoryHeader header, IStoreProtector protector, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(header);
        ArgumentNullException.ThrowIfNull(protector);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_life)
        {
            CheckNotStarted();
            if (_opening is null)
            {
                throw _settings.ReadOnly ? StoreFailures.ReadOnly(Location) : new InvalidOperationException("Call ReadHeaderAsync before StartAsync.");
            }

            try
            {
                _log = _opening.Start(header, protector, cancellationToken)
                    ?? throw new RepositoryConflictException(RepositoryConflict.Header);
            }
            catch (Exception exception)
            {
                Release();
                if (exception is IOException or UnauthorizedAccessException)
                {
                    throw StoreFailures.ReadFailed(Location, exception);
                }

                throw;
            }

            return ValueTask.FromResult(_log!.Report);
        }
    }

    /// <inheritdoc/>
    public ValueTask ReleaseAsync()
    {
        lock (_life)
        {
            if (_log is null)
            {
                Release();
            }
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<RepositoryRecord?> FindAsync(string name, RecordStamp known = default, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Find(name, known));
    }

    /// <inheritdoc/>
    public ValueTask<bool> ReadPayloadAsync(UniqueId id, Memory<byte> destination, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        OpenLog log = Started();
        while (true)
        {
            LogView view = log.View;
            if (!view.Index.TryFindPayload(id, out PayloadLocation location) || location.Length != destination.Length)
            {
                return ValueTask.FromResult(false);
            }

            if (FindCached(id)?.Use() is { } cached)
            {
                cached.CopyTo(destination.Span);
                return ValueTask.FromResult(true);
            }

            if (log.TryRead(view, location.Offset, destination.Span))
            {
                _ = _payloads.KeepsAny && _payloads.TryOffer(new CachedPayload(id, destination.ToArray()));
                return ValueTask.FromResult(true);
            }
        }
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A limit is passed: 1,000 changes, 1 MiB a record, 64 KiB a payload, 64 MiB in all; or a name is not one.</exception>
    public ValueTask<long> CommitAsync(RepositoryCommit commit, CancellationToken cancellationToken = default)
    {
        OpenLog log = Started();
        CommitRules.Check(commit, log.Header.StoreId);
        return log.Commits is { } commits ? commits.CommitAsync(commit, cancellationToken) : ValueTask.FromException<long>(StoreFailures.ReadOnly(Location));
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<RepositoryRecord> EnumerateAsync(string? after, CancellationToken cancellationToken = default) =>
        Started().Order.EnumerateAsync(after, (name, token) => FindAsync(name, default, token), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<long> WaitForChangeAsync(long after, CancellationToken cancellationToken = default) =>
        Started().WaitForChangeAsync(after, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<RepositoryChanges> ReadChangesAsync(long after, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Started().ReadChanges(after));
    }

    /// <inheritdoc/>
    public ValueTask CompactAsync(IProgress<CopyProgress>? progress = null, CancellationToken cancellationToken = default) =>
        new(Started().CompactAsync(progress, cancellationToken));

    /// <inheritdoc/>
    public ValueTask<BackupDescription> BackUpAsync(Stream destination, IProgress<CopyProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(destination);
        return new(Started().BackUpAsync(destination, progress, cancellationToken));
    }

    /// <summary>Puts what this repository, opened for reading only, holds into another directory. See <see cref="OpenLog.RestoreTo"/>.</summary>
    internal (RollbackHead Head, LogEnd End) RestoreTo(IStoreDirectory target, long generation, long epoch) => Started().RestoreTo(target, generation, epoch);

    /// <inheritdoc/>
    public ValueTask WaitForErasureAsync(CancellationToken cancellationToken = default) =>
        new(Started().WaitForErasureAsync(cancellationToken));

    /// <inheritdoc/>
    public ValueTask<bool> TryBeginSweepAsync(TimeSpan period, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(Started().TryClaimSweep(period));

    /// <summary>
    /// Erases what was dropped if that is due, waits for the batch that is being written, and closes the log in order. Nothing
    /// acknowledged is ever lost by a failure here.
    /// </summary>
    /// <returns>When the files are closed.</returns>
    public async ValueTask DisposeAsync()
    {
        if (_log is { } log && !_disposed)
        {
            await log.EraseBeforeClosingAsync().ConfigureAwait(false);
        }

        lock (_life)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            try
            {
                _log?.Close();
            }
            finally
            {
                _log?.Dispose();
                Release();
                _payloads.Clear();
            }
        }
    }

    private LogIndex NewIndex() => new(_payloads.Remove);

    private OpenLog Started()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return _log ?? throw new InvalidOperationException("The repository is not started: call ReadHeaderAsync and StartAsync.");
    }

    RepositoryRecord? IResidentRepository.Find(string name, RecordStamp known) => Find(name, known);

    RecordToken IResidentRepository.TokenOf(string name) => Started().View.Index.TokenOf(name);

    bool IResidentRepository.IsCurrent(RecordToken token) => Started().View.Index.IsCurrent(token);

    CachedPayload? IResidentRepository.FindCachedPayload(UniqueId id) => FindCached(id);

    private RepositoryRecord? Find(string name, RecordStamp known)
    {
        OpenLog log = Started();
        while (true)
        {
            LogView view = log.View;
            if (!view.Index.TryFind(name, out RecordLocation location))
            {
                return null;
            }

            if (location.Stamp == known)
            {
                return new RepositoryRecord(name, known, default);
            }

            byte[] record = GC.AllocateUninitializedArray<byte>(location.Length);
            if (log.TryRead(view, location.Offset, record))
            {
                return new RepositoryRecord(name, location.Stamp, record);
            }
        }
    }

    private CachedPayload? FindCached(UniqueId id) => _payloads.TryPeek(id, out CachedPayload? payload) ? payload : null;

    private void CheckNotStarted()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_log is not null)
        {
            throw new InvalidOperationException("The repository is started already.");
        }
    }

    private void Release()
    {
        _opening?.Dispose();
        _opening = null;
    }
}
