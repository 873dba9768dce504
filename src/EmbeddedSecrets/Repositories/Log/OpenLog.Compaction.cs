using EmbeddedSecrets.Errors;
using EmbeddedSecrets.Files;

namespace EmbeddedSecrets.Repositories.Log;

/// <content>Compaction, healing and erasure: one way for the three (DESIGN F7, K12).</content>
internal sealed partial class OpenLog
{
    /// <summary>A log is compacted by itself when more of it is dead than alive, and more than this; and whenever something must be erased.</summary>
    private const long MinDeadBytes = 4 << 20;

    private static readonly TimeSpan MinInterval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(20);

    private readonly SemaphoreSlim _compacting = new(1, 1);
    private readonly CancellationTokenSource _closing = new();

    private long _failedAt;

    /// <summary>Gets a value indicating whether the log holds bytes that were dropped.</summary>
    private bool OwesErasure => _view.Index.HasDropped;

    private bool IsCompactionDue
    {
        get
        {
            if (!_settings.CompactsByItself || _share.Page is not { } page || _writer is not { IsStopped: false })
            {
                return false;
            }

            long since = Now - page.CompactedAt;
            long dead = _state.End - _view.Index.LiveBytes;
            bool rested = page.CompactedAt == 0 || since < 0 || since >= MinInterval.TotalMilliseconds;
            bool tried = _failedAt != 0 && _settings.Time.GetElapsedTime(_failedAt) < MinInterval;
            return rested && !tried && (OwesErasure || (dead > MinDeadBytes && dead > _view.Index.LiveBytes));
        }
    }

    private long Now => _settings.Time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Copies what the log holds into a new one and goes on with that; heals a log whose writing has stopped.</summary>
    /// <exception cref="SecretStoreException">It failed; everything is as it was, unless the message says that writing has stopped.</exception>
    public Task CompactAsync(IProgress<CopyProgress>? progress, CancellationToken cancellationToken)
    {
        return CopyAsync(ending => CompactAloneAsync(progress, ending), StoreFailures.CompactionFailed, cancellationToken);
    }

    /// <summary>Does something that copies the log, one at a time of all instances.</summary>
    private async Task CopyAsync(Func<CancellationToken, Task> copy, Func<string, Exception, SecretStoreException> failed, CancellationToken cancellationToken)
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
                while (!_share.TryEnterCompaction())
                {
                    await Task.Delay(RetryInterval, ending.Token).ConfigureAwait(false);
                }

                try
                {
                    // Copying is work and waiting for the disk: not on the thread of a caller who awaits.
                    await Task.Run(() => copy(ending.Token), ending.Token).ConfigureAwait(false);
                }
                finally
                {
                    _share.ExitCompaction();
                }
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
            throw failed(_directory.Path, exception);
        }
    }

    /// <summary>Waits until nothing that was dropped before the call is in any file of the store, those included that other processes have open.</summary>
    public async Task WaitForErasureAsync(CancellationToken cancellationToken)
    {
        if (Commits is null && View.Index.HasDropped)
        {
            throw StoreFailures.ReadOnly(_directory.Path);
        }

        // A compaction that is under way may have copied already what was dropped before the call; the one after it has not.
        // One that ended before the call may have left its old log open elsewhere.
        long clean = Generation + 2;
        while ((View.Index.HasDropped && Generation < clean) || IsHeldElsewhere)
        {
            ObjectDisposedException.ThrowIf(_closing.IsCancellationRequested, typeof(FileSecretRepository));
            if (_writer is { IsStopped: true } stopped)
            {
                stopped.ThrowIfStopped();
            }

            await Task.Delay(RetryInterval, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Before the last who writes goes away, and is not there any more to do it.</summary>
    public async Task EraseBeforeClosingAsync()
    {
        if (_settings.CompactsByItself && _writer is { IsStopped: false } && OwesErasure && await IsLastAsync().ConfigureAwait(false))
        {
            await CompactByItselfAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Asks in its turn: the lock belongs to the instance, so giving it back beside a commit would take it from that commit.</summary>
    private async ValueTask<bool> IsLastAsync()
    {
        bool isLast = false;
        try
        {
            await Commits!.RunAloneAsync(() => isLast = _share.Join(), CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is SecretStoreException or IOException or ObjectDisposedException)
        {
            return false;
        }

        return isLast;
    }

    private async Task CompactAloneAsync(IProgress<CopyProgress>? progress, CancellationToken cancellationToken)
    {
        while (!await TryCompactAsync(progress, cancellationToken).ConfigureAwait(false))
        {
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>False when another log took the place of this one meanwhile.</summary>
    private async Task<bool> TryCompactAsync(IProgress<CopyProgress>? progress, CancellationToken cancellationToken)
    {
        LogView old = _view;
        LogState oldState = _state;
        var tracker = new ChangeTracker();
        CompactionMeter? meter = null;
        LogCompaction? compaction = null;
        try
        {
            await Commits!.RunAloneAsync(
                () =>
                {
                    _guard.CatchUp();
                    old = _view;
                    oldState = _state;
                    old.Index.Tracker = tracker;
                },
                cancellationToken).ConfigureAwait(false);
            meter = new CompactionMeter(old.Index.LiveBytes, progress);
            compaction = new LogCompaction(_directory, _seal, old, oldState, oldState.Generation + 1, _newIndex(), meter);
            compaction.Copy(tracker, cancellationToken);
            bool finished = false;
            await Commits.RunAloneAsync(
                () =>
                {
                    if (_view == old)
                    {
                        Replace(compaction, tracker);
                        finished = true;
                    }
                },
                cancellationToken).ConfigureAwait(false);
            if (!finished)
            {
                return false;
            }
        }
        catch (ObjectDisposedException) when (_view != old)
        {
            return false;
        }
        finally
        {
            old.Index.Tracker = null;
            compaction?.Abandon();
        }

        Retire(old.File);
        LogGenerations.RemoveOlder(_directory, Generation);
        meter.Tell();
        return true;
    }

    private void Replace(LogCompaction compaction, ChangeTracker tracker)
    {
        SharedPage page = _share.Page!;
        _ = compaction.Complete(tracker);
        (LogView view, LogState state) = compaction.Install(_writer!.Stop);
        page.CompactedAt = Now;
        _retiring = state.Generation - 1;
        page.RetiringGeneration = _retiring;
        lock (_following)
        {
            Use(view, state);
            page.StoppedGeneration = 0;
            Publish();
        }

        _guard.Advance(_seal.StoreId, _state);
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
            _failedAt = _settings.Time.GetTimestamp();
        }
    }
}
