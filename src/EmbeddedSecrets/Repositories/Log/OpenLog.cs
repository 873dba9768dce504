using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using EmbeddedSecrets.Errors;

namespace EmbeddedSecrets.Repositories.Log;

/// <summary>
/// A log that is replayed and in use: what readers see, and, unless it is read only, the way to commit and to compact. A
/// compaction puts a log of the next generation in its place.
/// </summary>
internal sealed class OpenLog : IDisposable
{
    /// <summary>A log is compacted by itself when more of it is dead than alive, and more than this.</summary>
    private const long MinDeadBytes = 4 << 20;

    private static readonly TimeSpan MinInterval = TimeSpan.FromMinutes(1);

    private readonly ILogDirectory _directory;
    private readonly FrameSeal _seal;
    private readonly Func<LogIndex> _newIndex;
    private readonly TimeProvider _time;
    private readonly RollbackGuard _guard;
    private readonly SemaphoreSlim _compacting = new(1, 1);
    private readonly CancellationTokenSource _closing = new();

    private volatile LogView _view;
    private volatile LogState _state;
    private LogWriter? _writer;
    private LogCommitter? _committer;
    private long _lastCompaction;

    private OpenLog(ILogDirectory directory, FrameSeal seal, LogView view, LogState state, LogSettings settings, Func<LogIndex> newIndex, RollbackGuard guard, RecoveryReport report, long? newEpoch)
    {
        _directory = directory;
        _seal = seal;
        _view = view;
        _state = state;
        _newIndex = newIndex;
        _time = settings.Time;
        _guard = guard;
        _lastCompaction = _time.GetTimestamp();
        Report = report;
        Order = new NameOrder(() => _view.Index.Records.Select(static record => record.Key));
        Signal.MoveTo(state.Sequence);
        if (!settings.ReadOnly)
        {
            var writer = new LogWriter(view.File, seal, state);
            if (newEpoch is { } epoch)
            {
                byte[] content = new byte[sizeof(long)];
                BinaryPrimitives.WriteInt64LittleEndian(content, epoch);
                writer.Append(FrameKind.Epoch, null, content, []);
                state.Epoch = epoch;
            }

            Use(view, state, writer);
            Commits = new CommitQueue(WriteBatch);
        }
    }

    /// <summary>Gets what readers see now: find in its index, read from its file.</summary>
    public LogView View => _view;

    public RecoveryReport Report { get; }

    public ChangeSignal Signal { get; } = new();

    /// <summary>Gets the names in their order, whatever log holds them.</summary>
    public NameOrder Order { get; }

    /// <summary>Gets the way to commit, or null when the log is read only.</summary>
    public CommitQueue? Commits { get; }

    public RepositoryHeader Header => _state.Header!;

    public long Generation => _state.Generation;

    [SuppressMessage("Reliability", "CA2000", Justification = "The log owns the file.")]
    public static OpenLog Recover(
        ILogDirectory directory, ILogFile file, long generation, RepositoryHeader given, IStoreProtector protector, LogSettings settings, Func<LogIndex> newIndex, CancellationToken cancellationToken)
    {
        var seal = new FrameSeal(protector, given.StoreId);
        var state = new LogState { Generation = generation };
        var view = new LogView(file, newIndex());
        RollbackGuard guard = settings.NewGuard(directory.Path);
        guard.Begin();
        var recovery = new LogRecovery(file, seal, state, guard, settings.Recovery == RecoveryMode.Strict);
        RecoveryReport report = recovery.Run(given, view.Index, settings.ReadOnly, cancellationToken);
        return new OpenLog(directory, seal, view, state, settings, newIndex, guard, report, recovery.NewEpoch);
    }

    /// <summary>Makes a new store: the log appears under its name only when its first frame, with the header, is on the disk.</summary>
    public static OpenLog Create(ILogDirectory directory, RepositoryHeader header, IStoreProtector protector, LogSettings settings, Func<LogIndex> newIndex)
    {
        const long FirstGeneration = 1;
        var seal = new FrameSeal(protector, header.StoreId);
        var state = new LogState { Generation = FirstGeneration, Header = header.Copy() };
        RollbackGuard guard = settings.NewGuard(directory.Path);
        guard.Begin();
        long? newEpoch = guard.Decide(header.StoreId, state);
        ILogFile file = LogGenerations.CreateFirst(directory, FirstGeneration, created =>
        {
            Span<byte> fileHeader = stackalloc byte[LogFileHeader.Length];
            LogFileHeader.Write(fileHeader);
            created.Write(fileHeader, 0);
            new LogWriter(created, seal, state).Append(FrameKind.Batch, header, EmptyBatch(1), []);
        });
        try
        {
            return new OpenLog(directory, seal, new LogView(file, newIndex()), state, settings, newIndex, guard, new RecoveryReport(), newEpoch);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Copies what the log holds into a new one and goes on with that; heals a log whose writing has stopped.</summary>
    /// <exception cref="SecretStoreException">It failed; everything is as it was, unless the message says that writing has stopped.</exception>
    public async Task CompactAsync(IProgress<CompactionProgress>? progress, CancellationToken cancellationToken)
    {
        if (Commits is null)
        {
            throw StoreFailures.ReadOnly(_directory.Path);
        }

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closing.Token);
        try
        {
            await _compacting.WaitAsync(ending.Token).ConfigureAwait(false);
            try
            {
                // Copying is work and waiting for the disk: not on the thread of a caller who awaits.
                await Task.Run(() => CompactAloneAsync(progress, ending.Token), ending.Token).ConfigureAwait(false);
            }
            finally
            {
                _compacting.Release();
            }
        }
        catch (OperationCanceledException) when (_closing.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new ObjectDisposedException(nameof(FileSecretRepository));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw StoreFailures.CompactionFailed(_directory.Path, exception);
        }
    }

    /// <summary>Reads what an index says is there.</summary>
    /// <returns>False when the view was replaced meanwhile and its file is closed: look again in <see cref="View"/>.</returns>
    public bool TryRead(LogView view, long offset, Span<byte> destination)
    {
        int read;
        try
        {
            read = view.File.Read(destination, offset);
        }
        catch (ObjectDisposedException) when (view != _view)
        {
            return false;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw StoreFailures.ReadFailed(view.File.Path, exception);
        }

        return read == destination.Length ? true : throw StoreFailures.Corrupt(view.File.Path, offset + read);
    }

    /// <summary>Ends what is under way, and writes and flushes a closing frame, unless the log ends with one or must not be written any more.</summary>
    public void Close()
    {
        _closing.Cancel();
        Commits?.Close();

        // Whoever compacts sees that the log is closing and cleans up, on its own thread.
        _compacting.Wait();
        Signal.Close(typeof(FileSecretRepository));
        if (_writer is null || _writer.StopCause is not null || _state.Closed)
        {
            return;
        }

        try
        {
            _writer.Append(FrameKind.Closing, null, EmptyBatch(_state.Sequence + 1), []);
        }
        catch (SecretStoreException)
        {
            // Without it the next opening recovers as after a crash; everything acknowledged is on the disk already.
        }
    }

    public void Dispose()
    {
        _view.File.Dispose();
        _closing.Dispose();
        _compacting.Dispose();
    }

    private async Task CompactAloneAsync(IProgress<CompactionProgress>? progress, CancellationToken cancellationToken)
    {
        LogView old = _view;
        var tracker = new ChangeTracker();
        var meter = new CompactionMeter(old.Index.LiveBytes, progress);
        var compaction = new LogCompaction(_directory, _seal, old, _state, _newIndex(), meter);
        try
        {
            await Commits!.RunAloneAsync(
                () =>
                {
                    _guard.CatchUp();
                    old.Index.Tracker = tracker;
                },
                cancellationToken).ConfigureAwait(false);
            compaction.Copy(tracker, cancellationToken);
            await Commits.RunAloneAsync(
                () =>
                {
                    (LogView view, LogState state, LogWriter writer) = compaction.Finish(tracker, _writer!);
                    Use(view, state, writer);
                },
                cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            old.Index.Tracker = null;
            compaction.Abandon();
            _lastCompaction = _time.GetTimestamp();
        }

        old.File.Dispose();
        LogGenerations.RemoveOlder(_directory, Generation);
        meter.Tell();
    }

    private void Use(LogView view, LogState state, LogWriter writer)
    {
        _writer = writer;
        _committer = new LogCommitter(writer, state, view.Index, Signal, _guard);
        _guard.Advance(state.Header!.StoreId, state);
        view.Index.Order = Order;
        _state = state;
        _view = view;
    }

    private void WriteBatch(List<PendingCommit> batch)
    {
        _committer!.Write(batch);
        long dead = _state.End - _view.Index.LiveBytes;
        if (_writer!.StopCause is null && dead > MinDeadBytes && dead > _view.Index.LiveBytes && _time.GetElapsedTime(_lastCompaction) >= MinInterval)
        {
            _lastCompaction = _time.GetTimestamp();
            _ = CompactByItselfAsync();
        }
    }

    private async Task CompactByItselfAsync()
    {
        try
        {
            await CompactAsync(null, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is SecretStoreException or ObjectDisposedException or OperationCanceledException)
        {
            // Tried again when the interval is over; if writing has stopped, the next commit says so.
        }
    }

    /// <summary>The index of a frame without commits: the change sequence that the next commit gets.</summary>
    private static byte[] EmptyBatch(long nextSequence)
    {
        byte[] index = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(index, nextSequence);
        return index;
    }
}
