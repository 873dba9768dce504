using System.Buffers.Binary;
using EmbeddedSecrets.Errors;
using EmbeddedSecrets.Files;

namespace EmbeddedSecrets.Repositories.Log;

/// <summary>
/// A log that is replayed and in use: what readers see, and, unless it is read only, the way to commit. It follows what other
/// instances write, and the logs that compactions put in the place of this one.
/// </summary>
internal sealed partial class OpenLog : IDisposable
{
    private readonly IStoreDirectory _directory;
    private readonly LogShare _share;
    private readonly FrameSeal _seal;
    private readonly LogSettings _settings;
    private readonly Func<LogIndex> _newIndex;
    private readonly RollbackGuard _guard;

    /// <summary>Held while what others wrote is taken over, and by who writes while he looks for it.</summary>
    private readonly Lock _following = new();

    private volatile LogView _view;
    private volatile LogState _state;
    private volatile SecretStoreIntegrityException? _failure;
    private LogWriter? _writer;
    private LogCommitter? _committer;

    /// <summary>Takes over what others write into the log in use, with rooms that it keeps; null until they do.</summary>
    private LogReplay? _replay;
    private bool _isDisposed;

    /// <summary>What the page said when this instance last looked.</summary>
    private long _seen;

    private OpenLog(
        IStoreDirectory directory, LogShare share, FrameSeal seal, LogView view, LogState state, LogSettings settings, Func<LogIndex> newIndex, RollbackGuard guard, RecoveryReport report)
    {
        _directory = directory;
        _share = share;
        _seal = seal;
        _view = view;
        _state = state;
        _settings = settings;
        _newIndex = newIndex;
        _guard = guard;
        _switchedAt = settings.Time.GetTimestamp();
        _changes = new LogChanges(seal);
        Report = report;
        Order = new NameOrder(() => _view.Index.Records.Select(static record => record.Key), () => _ = View);
        Commits = settings.ReadOnly ? null : new CommitQueue(share, Approach, Prepare, WriteBatch);

        // A running timer must not keep a store alive that somebody forgot to close.
        _timer = settings.Time.CreateTimer(TickIfAlive, new WeakReference<OpenLog>(this), Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Gets what readers see now, with everything that was acknowledged before the call, by whomever: find in its index, read from its file.</summary>
    public LogView View
    {
        get
        {
            if (_share.Page is not { } page || page.End.Word != Volatile.Read(ref _seen) || _failure is not null)
            {
                Follow();
            }

            return _view;
        }
    }

    public RecoveryReport Report { get; }

    public ChangeSignal Signal { get; } = new();

    /// <summary>Gets the names in their order, whatever log holds them.</summary>
    public NameOrder Order { get; }

    /// <summary>Gets the way to commit, or null when the log is read only.</summary>
    public CommitQueue? Commits { get; }

    public RepositoryHeader Header => _state.Header!;

    public long Generation => _state.Generation;

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

    /// <summary>Ends what is under way. The last who writes appends a closing frame, unless the log ends with one or must not be written any more.</summary>
    public void Close()
    {
        _closing.Cancel();

        // One that is under way could open a file, or a page, after they were closed.
        _timer.DisposeAsync().AsTask().GetAwaiter().GetResult();
        Commits?.Close();

        // Whoever compacts sees that the log is closing and cleans up, on its own thread.
        _compacting.Wait();
        Signal.Close(typeof(FileSecretRepository));
        if (_writer is null)
        {
            return;
        }

        try
        {
            _share.Enter(TimeSpan.Zero, CancellationToken.None);
            try
            {
                AppendClosing();
            }
            finally
            {
                _share.Exit();
            }
        }
        catch (Exception exception) when (exception is SecretStoreException or IOException or UnauthorizedAccessException)
        {
            // Without a closing frame the next opening recovers as after a crash; everything acknowledged is on the disk already.
        }
    }

    public void Dispose()
    {
        _timer.Dispose();
        lock (_following)
        {
            // Whoever still follows, a reader that is late or a thread that is next in line, has opened nothing after this.
            _isDisposed = true;
            _view.File.Dispose();
        }

        ReleaseRetired();
        _closing.Dispose();
        _compacting.Dispose();
    }

    private void AppendClosing()
    {
        if (_share.Page is { } page && page.IsInPlace() && _share.Part())
        {
            PrepareToWrite();
            if (!_writer!.IsStopped && !_state.Closed)
            {
                _writer.Append(FrameKind.Closing, null, EmptyBatch(_state.Sequence + 1), []);
                Publish();
            }
        }

        _share.Page?.Presence.Release();
    }

    /// <summary>Takes over what others have published. Without the right to write.</summary>
    private void Follow()
    {
        ThrowIfFailed();
        lock (_following)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, typeof(FileSecretRepository));
            try
            {
                if (_share.Page is null)
                {
                    _share.OpenPage();
                }

                if (_share.Page is { } page)
                {
                    FollowPage(page);
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                throw StoreFailures.ReadFailed(_directory.Path, exception);
            }
        }
    }

    private void ThrowIfFailed()
    {
        if (_failure is { } failure)
        {
            throw StoreFailures.Again(failure);
        }
    }

    private void FollowPage(SharedPage page)
    {
        while (true)
        {
            LogEnd end = page.End;
            if (end.Word == _seen || !page.HasMagic)
            {
                return;
            }

            if (page.Version != SharedPage.CurrentVersion)
            {
                throw StoreFailures.PageOfNewerVersion(_directory.Path, page.Version);
            }

            if (TakeOver(end))
            {
                Volatile.Write(ref _seen, end.Word);
            }
            else if (page.End == end)
            {
                throw StoreFailures.ReadFailed(_directory.Path, new FileNotFoundException("The log that is in use is gone."));
            }
        }
    }

    private bool TakeOver(LogEnd end)
    {
        try
        {
            if (!end.IsOf(_state.Generation))
            {
                if (LogFollowing.TryOpen(_directory, end, _settings.ReadOnly, _newIndex(), _seal, _guard, null, CancellationToken.None) is not { } opened)
                {
                    return false;
                }

                if (opened.State.Epoch != _state.Epoch)
                {
                    // Revisions, which all that is cached goes by, mean something else there.
                    opened.View.File.Dispose();
                    throw StoreFailures.ReplacedWhileOpen(_directory.Path);
                }

                LogView old = _view;
                Use(opened.View, opened.State);
                Forget(old);
            }
            else if (end.Offset > _state.End)
            {
                _replay ??= new LogReplay(new LogReader(_view.File, end.Offset), _seal, _view.Index, _state, _guard);
                _replay.RunTo(end.Offset, null, CancellationToken.None);
            }
        }
        catch (SecretStoreIntegrityException exception)
        {
            // A part of it may be in the index already: nothing of it can be believed.
            _failure = exception;
            Signal.Fail(exception);
            throw;
        }

        NotePublished();
        _guard.Follow(_seal.StoreId, _state);
        Signal.MoveTo(_state.Sequence);
        return true;
    }

    private void WriteBatch(List<PendingCommit> batch) => _committer!.Write(batch);

    /// <summary>Lets everybody see what was appended.</summary>
    private void Publish()
    {
        SharedPage page = _share.Page!;

        // A reader of this instance who looks in between must not take the page for one that others have moved.
        lock (_following)
        {
            var end = new LogEnd(_state.Generation, _state.End);
            page.Publish(end);
            Volatile.Write(ref _seen, end.Word);
            NotePublished();
        }

        page.Intent = default;
        Signal.MoveTo(_state.Sequence);
    }

    private void NotePublished()
    {
        _publishedEnd = _state.End;
        _publishedSequence = _state.Sequence;
    }

    private void Use(LogView view, LogState state)
    {
        if (!_settings.ReadOnly)
        {
            _writer = new LogWriter(view.File, _seal, state, _share.Page);
            _committer = new LogCommitter(_writer, state, view.Index, Publish, _guard);
        }

        view.Index.Publish(Order);
        _state = state;
        _view = view;
        _replay = null;
        NotePublished();
        _switchedAt = _settings.Time.GetTimestamp();
    }

    private void Forget(LogView old)
    {
        Order.Forget();
        old.Index.TellDropped(_view.Index);
        old.File.Dispose();
    }

    /// <summary>The index of a frame without commits: the change sequence that the next commit gets.</summary>
    private static byte[] EmptyBatch(long nextSequence)
    {
        byte[] index = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(index, nextSequence);
        return index;
    }
}
