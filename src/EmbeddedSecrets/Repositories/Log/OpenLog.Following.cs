using EmbeddedSecrets.Errors;
using EmbeddedSecrets.Files;

namespace EmbeddedSecrets.Repositories.Log;

/// <content>What an instance does that nobody calls: it follows the others, lets go of logs that were replaced, and erases.</content>
internal sealed partial class OpenLog
{
    private static readonly TimeSpan FollowInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan WaitingInterval = TimeSpan.FromMilliseconds(50);

    /// <summary>Every process lets go of a log within this time, unless it is stopped (DESIGN K12).</summary>
    private static readonly TimeSpan RetireBound = TimeSpan.FromSeconds(5);

    private readonly ITimer _timer;
    private readonly List<IStoreFile> _retired = [];
    private readonly LogChanges _changes;
    private long _publishedEnd;
    private long _publishedSequence;
    private long _switchedAt;
    private long _retiring;
    private int _ticking;

    /// <summary>Gets a value indicating whether a process may still have the log open that this one has taken the place of.</summary>
    private bool IsHeldElsewhere =>
        _share.Page is { RetiringGeneration: not 0 } && _settings.Time.GetElapsedTime(_switchedAt) < RetireBound;

    /// <summary>Waits until the change sequence has passed a number; looks more often while somebody waits.</summary>
    public async ValueTask<long> WaitForChangeAsync(long after, CancellationToken cancellationToken)
    {
        _ = View;
        if (Signal.Sequence > after)
        {
            return await Signal.WaitAsync(after, cancellationToken).ConfigureAwait(false);
        }

        _timer.Change(WaitingInterval, WaitingInterval);
        return await Signal.WaitAsync(after, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads what was committed after a sequence, as far as the log still has it one by one.</summary>
    public RepositoryChanges ReadChanges(long after)
    {
        while (true)
        {
            _ = View;
            LogView view;
            LogState state;
            long end;
            long through;
            lock (_following)
            {
                // What is written meanwhile is not published yet.
                (view, state) = (_view, _state);
                end = _publishedEnd;
                through = _publishedSequence;
            }

            try
            {
                return _changes.Read(view, state, end, through, after);
            }
            catch (ObjectDisposedException) when (view != _view)
            {
                // Another log has taken its place meanwhile.
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                throw StoreFailures.ReadFailed(view.File.Path, exception);
            }
        }
    }

    private static void TickIfAlive(object? log)
    {
        if (((WeakReference<OpenLog>)log!).TryGetTarget(out OpenLog? alive))
        {
            alive.Tick();
        }
    }

    private void Tick()
    {
        if (Interlocked.Exchange(ref _ticking, 1) != 0)
        {
            return;
        }

        try
        {
            if (!_closing.IsCancellationRequested)
            {
                FollowAndErase();
            }
        }
        catch (Exception exception) when (exception is SecretStoreException or IOException or UnauthorizedAccessException or ObjectDisposedException or OperationCanceledException)
        {
            // Whoever reads or writes next is told.
        }
        finally
        {
            Volatile.Write(ref _ticking, 0);
        }
    }

    private void FollowAndErase()
    {
        if (_share.Page is { } page && (!page.IsInPlace() || (!page.IsReadOnly && !page.HasMagic)))
        {
            FindPageAgain();
        }

        _ = View;
        ReleaseRetired();
        if (Commits is not null && IsCompactionDue)
        {
            _ = CompactByItselfAsync();
        }

        if (!Signal.IsWaitedFor)
        {
            _timer.Change(FollowInterval, FollowInterval);
        }
    }

    private void FindPageAgain()
    {
        if (Commits is { } commits)
        {
            // Its turn does it.
            _ = commits.RunAloneAsync(static () => { }, _closing.Token).AsTask();
            return;
        }

        lock (_following)
        {
            _share.OpenPage();
            _seen = 0;
        }
    }

    /// <summary>Lets go of the log that this instance has replaced, once nobody else has it open.</summary>
    private void Retire(IStoreFile file)
    {
        lock (_retired)
        {
            _retired.Add(file);
        }

        ReleaseRetired();
    }

    /// <summary>Whether this instance should sweep now: of all that write, one within each period.</summary>
    public bool TryClaimSweep(TimeSpan period) =>
        Commits is not null && _share.Page is { IsReadOnly: false } page && page.TryClaimSweep(Now, (long)period.TotalMilliseconds);

    private void ReleaseRetired()
    {
        lock (_retired)
        {
            if (_retired.Count == 0)
            {
                return;
            }

            for (int i = _retired.Count - 1; i >= 0; i--)
            {
                if (_closing.IsCancellationRequested || _retired[i].IsOpenHereOnly())
                {
                    _retired[i].Dispose();
                    _retired.RemoveAt(i);
                }
            }

            // Another instance may have replaced a later one meanwhile, which is its to let go of.
            if (_retired.Count == 0 && _share.Page is { IsReadOnly: false } page && page.RetiringGeneration == _retiring)
            {
                page.RetiringGeneration = 0;
            }
        }
    }
}
