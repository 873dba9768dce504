using EmbeddedSecrets.Errors;
using EmbeddedSecrets.Files;

namespace EmbeddedSecrets.Repositories.Log;

/// <summary>
/// Group commit (DESIGN F1): who finds no leader leads, on its own thread and without a hop unless another instance writes; who
/// comes meanwhile waits, and the next batch takes all who wait. Batch follows batch on one thread, for as long as somebody waits:
/// if each had a leader of its own, everybody would wait until that one has a processor. The leader takes the lock that instances
/// share before it looks who waits, so that a batch gathers all who came meanwhile.
/// </summary>
internal sealed class CommitQueue(LogShare share, Action approach, Action prepare, Action<List<PendingCommit>> writeBatch)
{
    private const int MaxBatchCommits = 1024;
    private const long MaxBatchBytes = 4 << 20;

    /// <summary>While the disk flushes, a processor prepares about four commits.</summary>
    private static readonly int LargeBatch = 4 * Environment.ProcessorCount;

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
                pending.Answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                pending.Node = _waiting.AddLast(pending);
            }
            else
            {
                _leading = true;
            }
        }

        if (pending.Answer is not null)
        {
            return new ValueTask<long>(WaitAsync(pending, cancellationToken));
        }

        _ = Lead(pending);
        if (TakeNext() is { } next)
        {
            HandOver(next);
        }

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
        using (cancellationToken.UnsafeRegister((_, token) => Withdraw(pending, token), null))
        {
            await pending.Answer!.Task.ConfigureAwait(false);
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
                // It waits for the lock by now, and is told there; or it has ended.
                return;
            }
        }

        if (waits)
        {
            pending.Answer!.TrySetCanceled(cancellationToken);
        }
        else
        {
            pending.Answer!.TrySetException(StoreFailures.CancelledInFlight());
        }
    }

    /// <summary>
    /// Writes one batch after the other until nobody waits. After a large one the pool is first given to those who were answered: they
    /// keep the processors busy for longer than a flush takes, and what they put next comes into the next batch.
    /// </summary>
    private void LeadFrom(PendingCommit? next)
    {
        while (next is not null)
        {
            int answered = Lead(next);
            next = TakeNext();
            if (next is not null && answered > LargeBatch)
            {
                HandOver(next);
                return;
            }
        }
    }

    private void HandOver(PendingCommit next)
    {
        ThreadPool.UnsafeQueueUserWorkItem(static state => state.Queue.LeadFrom(state.Next), (Queue: this, Next: next), preferLocal: true);
    }

    /// <summary>Writes a batch.</summary>
    /// <returns>How many commits it had.</returns>
    private int Lead(PendingCommit first)
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

        return batch.Count;
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

    /// <summary>The first that waits, who is written next whatever happens; null when nobody does, and then nobody leads any more.</summary>
    private PendingCommit? TakeNext()
    {
        PendingCommit[] refused;
        EnterUninterrupted();
        try
        {
            if (!_closed && _waiting.First is { } node)
            {
                _waiting.RemoveFirst();
                return node.Value;
            }

            refused = [.. _waiting];
            _waiting.Clear();
            _leading = false;
            Monitor.PulseAll(_gate);
        }
        finally
        {
            Monitor.Exit(_gate);
        }

        foreach (PendingCommit pending in refused)
        {
            pending.Failure = new ObjectDisposedException(nameof(FileSecretRepository));
            pending.Answer!.SetResult();
        }

        return null;
    }

    /// <summary>Enters the gate in any case: leadership that is not passed on would be the end of all commits. An interruption is told to the caller's next wait.</summary>
    private void EnterUninterrupted()
    {
        bool isInterrupted = false;
        bool isEntered = false;
        while (!isEntered)
        {
            try
            {
                Monitor.Enter(_gate, ref isEntered);
            }
            catch (ThreadInterruptedException)
            {
                isInterrupted = true;
            }
        }

        if (isInterrupted)
        {
            Thread.CurrentThread.Interrupt();
        }
    }

    /// <summary>The commits of one batch. Whoever asked for the first one may be waiting for it on this very thread.</summary>
    private sealed class Batch(CommitQueue queue, PendingCommit first) : ILockedWork
    {
        private readonly List<PendingCommit> _commits = [first];

        public int Count => _commits.Count;

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
            foreach (PendingCommit commit in _commits)
            {
                commit.Answer?.TrySetResult();
            }
        }
    }
}
