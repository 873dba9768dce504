using EmbeddedSecrets.Errors;
using EmbeddedSecrets.Files;

namespace EmbeddedSecrets.Repositories.Log;

/// <summary>
/// Group commit (DESIGN F1): who finds no leader leads, on its own thread and without a hop unless another instance writes; who
/// comes meanwhile waits, and the next leader takes all who wait into one batch. Leadership passes to the first that waits. The
/// leader takes the lock that instances share before it looks who waits, so that a batch gathers all who came meanwhile.
/// </summary>
internal sealed class CommitQueue(LogShare share, Action approach, Action prepare, Action<List<PendingCommit>> writeBatch)
{
    private const int MaxBatchCommits = 1024;
    private const long MaxBatchBytes = 4 << 20;

    private readonly LogShare _share = share;
    private readonly Action _approach = approach;
    private readonly Action _prepare = prepare;
    private readonly Action<List<PendingCommit>> _writeBatch = writeBatch;
    private readonly object _gate = new();
    private readonly LinkedList<PendingCommit> _waiting = new();
    private bool _leading;
    private bool _closed;

    /// <summary>Gets how many commits wait for the next batch. For tests.</summary>
    public int WaitingCount
    {
        get
        {
            lock (_gate)
            {
                return _waiting.Count;
            }
        }
    }

    public ValueTask<long> CommitAsync(RepositoryCommit commit, CancellationToken cancellationToken) =>
        QueueAsync(new PendingCommit(commit, cancellationToken), cancellationToken);

    /// <summary>Does something while nobody writes: in its turn, like a commit.</summary>
    public async ValueTask RunAloneAsync(Action alone, CancellationToken cancellationToken) =>
        await QueueAsync(new PendingCommit(alone, cancellationToken), cancellationToken).ConfigureAwait(false);

    private ValueTask<long> QueueAsync(PendingCommit pending, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, typeof(FileSecretRepository));
            if (_leading)
            {
                pending.Turn = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
                pending.Node = _waiting.AddLast(pending);
            }
            else
            {
                _leading = true;
            }
        }

        if (pending.Turn is not null)
        {
            return new ValueTask<long>(WaitAsync(pending, cancellationToken));
        }

        Lead(pending);
        return pending.Failure is { } failure ? ValueTask.FromException<long>(failure) : ValueTask.FromResult(pending.Sequence);
    }

    /// <summary>Refuses new commits and those that wait, and waits for the batch that is being written.</summary>
    /// <returns>False when it was closed before.</returns>
    public bool Close()
    {
        lock (_gate)
        {
            bool first = !_closed;
            _closed = true;
            while (_leading)
            {
                Monitor.Wait(_gate);
            }

            return first;
        }
    }

    private async Task<long> WaitAsync(PendingCommit pending, CancellationToken cancellationToken)
    {
        bool lead;
        using (cancellationToken.UnsafeRegister((_, token) => Withdraw(pending, token), null))
        {
            lead = await pending.Turn!.Task.ConfigureAwait(false);
        }

        if (lead)
        {
            Lead(pending);
        }

        return pending.Failure is null ? pending.Sequence : throw pending.Failure;
    }

    /// <summary>Takes back what waits. What is in flight goes on without its caller, who cannot be told how it ends.</summary>
    private void Withdraw(PendingCommit pending, CancellationToken cancellationToken)
    {
        bool waits;
        lock (_gate)
        {
            waits = pending.Node?.List is not null;
            if (waits)
            {
                _waiting.Remove(pending.Node!);
            }
            else if (!pending.IsInFlight)
            {
                // It leads by now, or it has ended.
                return;
            }
        }

        if (waits)
        {
            pending.Turn!.TrySetCanceled(cancellationToken);
        }
        else
        {
            pending.Turn!.TrySetException(StoreFailures.CancelledInFlight());
        }
    }

    private void Lead(PendingCommit first)
    {
        var batch = new Batch(this, first);
        try
        {
            _share.Run(batch, first.Waited, first.CancellationToken);
        }
        catch (Exception exception)
        {
            // Handed to who asked for it: a leader that dies would leave the others waiting for ever.
            first.Failure ??= exception;
            batch.Finish();
        }
    }

    private void TakeInto(List<PendingCommit> batch)
    {
        long size = batch[0].Size;
        lock (_gate)
        {
            // A new header ends a batch: a frame holds one.
            while (batch.Count < MaxBatchCommits
                && batch[^1].Commit.NewHeader is null
                && _waiting.First is { } node
                && node.Value.Alone is null
                && size + node.Value.Size <= MaxBatchBytes)
            {
                _waiting.RemoveFirst();
                node.Value.IsInFlight = true;
                batch.Add(node.Value);
                size += node.Value.Size;
            }
        }
    }

    private void PassOn()
    {
        PendingCommit? next = null;
        PendingCommit[] refused = [];
        lock (_gate)
        {
            if (!_closed && _waiting.First is { } node)
            {
                next = node.Value;
                _waiting.RemoveFirst();
            }
            else
            {
                refused = [.. _waiting];
                _waiting.Clear();
                _leading = false;
                Monitor.PulseAll(_gate);
            }
        }

        next?.Turn!.SetResult(true);
        foreach (PendingCommit pending in refused)
        {
            pending.Failure = new ObjectDisposedException(nameof(FileSecretRepository));
            pending.Turn!.SetResult(false);
        }
    }

    /// <summary>The commits of one leader, who is the first of them.</summary>
    private sealed class Batch(CommitQueue queue, PendingCommit first) : ILockedWork
    {
        private readonly List<PendingCommit> _commits = [first];

        public void Approach() => queue._approach();

        public void Run()
        {
            try
            {
                queue._share.NoteHolder();
                queue._prepare();
                if (first.Alone is null)
                {
                    queue.TakeInto(_commits);
                    queue._writeBatch(_commits);
                }
                else
                {
                    first.Alone();
                }
            }
            catch (Exception exception)
            {
                first.Failure ??= exception;
            }
        }

        public void Finish()
        {
            queue.PassOn();
            for (int i = 1; i < _commits.Count; i++)
            {
                _commits[i].Turn!.TrySetResult(false);
            }
        }
    }
}
