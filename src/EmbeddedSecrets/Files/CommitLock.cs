using System.Diagnostics;
using EmbeddedSecrets.Interop;

namespace EmbeddedSecrets.Files;

/// <summary>
/// The right to write, among all instances of a store: <c>queue</c>, then <c>commit</c>, then <c>queue</c> is given back
/// (DESIGN F6), so that who has just written stands behind those who wait. Free locks are taken on the caller's thread. For
/// one that is held a thread of its own waits in the kernel, where a wait cannot be ended: a caller who gives up leaves it to
/// the next one. Work that is known beforehand is done on that thread: while another one woke up for it, everybody would wait.
/// One caller at a time takes it or waits for it.
/// </summary>
internal sealed class CommitLock(ISharedLock? queue, ISharedLock commit) : IDisposable
{
    private readonly object _gate = new();
    private Thread? _thread;

    /// <summary>Who waits for the lock; null once he has given up.</summary>
    private Waiter? _waiter;

    /// <summary>Whether the thread takes the lock or has it.</summary>
    private volatile bool _taking;
    private bool _closed;

    /// <summary>Takes the lock; every success is followed by one <see cref="Exit"/>.</summary>
    /// <returns>False when it was not to be had within the time.</returns>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    /// <exception cref="IOException">The lock cannot be used at all.</exception>
    public bool TryEnter(TimeSpan patience, CancellationToken cancellationToken) =>
        TryTakeFree() || WaitFor(null, patience, cancellationToken);

    /// <summary>Does something with the lock: on this thread where it is free, else on the one that waits for it.</summary>
    /// <param name="work">What is done. Who waited may be answered before its <see cref="ILockedWork.Finish"/>.</param>
    /// <param name="patience">How long to wait for the lock.</param>
    /// <param name="cancellationToken">Ends the wait for the lock.</param>
    /// <returns>True when the lock was given back; false when it was not to be had within the time, and nothing was done.</returns>
    /// <exception cref="OperationCanceledException">The caller gave up; nothing was done.</exception>
    /// <exception cref="IOException">The lock cannot be used at all; nothing was done.</exception>
    public bool TryRun(ILockedWork work, TimeSpan patience, CancellationToken cancellationToken)
    {
        if (!TryTakeFree())
        {
            return WaitFor(work, patience, cancellationToken);
        }

        try
        {
            work.Run();
        }
        finally
        {
            Exit();
        }

        work.Finish();
        return true;
    }

    public void Exit() => commit.Release();

    /// <summary>Gives back the lock files; a thread that still waits in the kernel does so when it wakes.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_closed)
            {
                return;
            }

            _closed = true;
            Monitor.PulseAll(_gate);
            if (_taking)
            {
                return;
            }
        }

        Close();
    }

    private bool TryTakeFree()
    {
        if (_taking || (queue is not null && !queue.TryTake()))
        {
            return false;
        }

        try
        {
            return commit.TryTake();
        }
        finally
        {
            queue?.Release();
        }
    }

    private bool WaitFor(ILockedWork? work, TimeSpan patience, CancellationToken cancellationToken)
    {
        using CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(static self => ((CommitLock)self!).Wake(), this);
        long start = Stopwatch.GetTimestamp();
        var waiter = new Waiter(work);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            _thread ??= StartThread();
            _waiter = waiter;
            _taking = true;
            Monitor.PulseAll(_gate);
            while (!waiter.IsDone)
            {
                TimeSpan left = patience - Stopwatch.GetElapsedTime(start);
                if (waiter.HasLock)
                {
                    left = Timeout.InfiniteTimeSpan;
                }
                else if (cancellationToken.IsCancellationRequested || left <= TimeSpan.Zero || _closed)
                {
                    _waiter = null;
                    cancellationToken.ThrowIfCancellationRequested();
                    return false;
                }

                Monitor.Wait(_gate, left);
            }
        }

        return waiter.Failure is { } failure ? throw new IOException(failure.Message, failure) : true;
    }

    private void Wake()
    {
        lock (_gate)
        {
            Monitor.PulseAll(_gate);
        }
    }

    private Thread StartThread()
    {
        var thread = new Thread(WaitInKernel) { IsBackground = true, Name = "EmbeddedSecrets commit lock" };
        // Without the context of whoever happens to be the first: others work on it too.
        thread.UnsafeStart();
        return thread;
    }

    private void WaitInKernel()
    {
        while (true)
        {
            lock (_gate)
            {
                while (!_taking && !_closed)
                {
                    Monitor.Wait(_gate);
                }

                if (!_taking)
                {
                    return;
                }
            }

            Exception? failure = TakeBoth();
            Waiter? waiter;
            lock (_gate)
            {
                waiter = _closed ? null : _waiter;
                _waiter = null;
                if (waiter is not null)
                {
                    waiter.Failure = failure;
                    waiter.HasLock = failure is null;
                }

                if (waiter is not { HasLock: true, Work: not null })
                {
                    End(waiter, isHeld: failure is null && waiter is null);
                    waiter = null;
                }
            }

            if (waiter is not null)
            {
                waiter.Work!.Run();
                lock (_gate)
                {
                    End(waiter, isHeld: true);
                }

                waiter.Work.Finish();
            }

            lock (_gate)
            {
                if (_closed && !_taking)
                {
                    return;
                }
            }
        }
    }

    private void End(Waiter? waiter, bool isHeld)
    {
        if (isHeld)
        {
            commit.Release();
        }

        if (waiter is not null)
        {
            waiter.IsDone = true;
        }

        // Last: from here on a caller takes a free lock on its own thread, and a release after that would take it away.
        _taking = false;
        Monitor.PulseAll(_gate);
        if (_closed)
        {
            Close();
        }
    }

    private Exception? TakeBoth()
    {
        try
        {
            queue?.Take();
            try
            {
                Next()?.Approach();
                commit.Take();
            }
            finally
            {
                queue?.Release();
            }

            return null;
        }
        catch (Exception exception)
        {
            return exception;
        }
    }

    private ILockedWork? Next()
    {
        lock (_gate)
        {
            return _waiter?.Work;
        }
    }

    private void Close()
    {
        queue?.Dispose();
        commit.Dispose();
    }

    /// <summary>One wait for the lock. Only under the gate.</summary>
    private sealed class Waiter(ILockedWork? work)
    {
        /// <summary>What is done with the lock; null for who does it himself.</summary>
        public ILockedWork? Work { get; } = work;

        /// <summary>Whether the lock is there: from here on nobody gives up.</summary>
        public bool HasLock { get; set; }

        public bool IsDone { get; set; }

        public Exception? Failure { get; set; }
    }
}
