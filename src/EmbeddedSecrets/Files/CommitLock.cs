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
    /// <param name="work">What is done.</param>
    /// <param name="patience">How long to wait for the lock.</param>
    /// <param name="cancellationToken">Ends the wait for the lock.</param>
    /// <returns>True when all of it is done; false when it was not to be had within the time, and nothing was done.</returns>
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
        bool isInterrupted = false;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            Debug.Assert(_waiter is null, "One caller at a time takes the lock or waits for it.");
            _thread ??= StartThread();
            _waiter = waiter;
            _taking = true;
            Monitor.PulseAll(_gate);
            try
            {
                while (!waiter.IsDone)
                {
                    TimeSpan left = waiter.HasLock ? Timeout.InfiniteTimeSpan : patience - Stopwatch.GetElapsedTime(start);
                    if (!waiter.HasLock)
                    {
                        cancellationToken.ThrowIfCancellationRequested();
                        if (left <= TimeSpan.Zero || _closed)
                        {
                            return false;
                        }
                    }

                    try
                    {
                        Monitor.Wait(_gate, left);
                    }
                    catch (ThreadInterruptedException) when (waiter.HasLock)
                    {
                        // Told to the caller's next wait: what is being done cannot be taken back.
                        isInterrupted = true;
                    }
                }
            }
            finally
            {
                // However the wait has ended: nobody must get the lock who does not wait for it any more.
                if (_waiter == waiter)
                {
                    _waiter = null;
                }
            }
        }

        if (isInterrupted)
        {
            Thread.CurrentThread.Interrupt();
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
        while (IsWanted())
        {
            Exception? failure = TakeBoth();
            if (Grant(failure) is { Work: { } work } waiter)
            {
                work.Run();
                EndTaking(isHeld: true);
                work.Finish();
                Answer(waiter);
            }
        }
    }

    /// <summary>Waits until somebody wants the lock; false once it is closed.</summary>
    private bool IsWanted()
    {
        lock (_gate)
        {
            while (!_taking && !_closed)
            {
                Monitor.Wait(_gate);
            }

            return _taking;
        }
    }

    /// <summary>Who waits gets what was taken. Returns him where something is to be done with the lock now.</summary>
    private Waiter? Grant(Exception? failure)
    {
        lock (_gate)
        {
            Waiter? waiter = _closed ? null : _waiter;
            _waiter = null;
            if (waiter is not null)
            {
                waiter.Failure = failure;
                waiter.HasLock = failure is null;
                if (waiter is { HasLock: true, Work: not null })
                {
                    return waiter;
                }

                waiter.IsDone = true;
            }

            EndTaking(isHeld: failure is null && waiter is null);
            return null;
        }
    }

    private void EndTaking(bool isHeld)
    {
        lock (_gate)
        {
            if (isHeld)
            {
                commit.Release();
            }

            // Last: from here on a caller takes a free lock on its own thread, and a release after that would take it away.
            _taking = false;
            Monitor.PulseAll(_gate);
            if (_closed)
            {
                Close();
            }
        }
    }

    private void Answer(Waiter waiter)
    {
        lock (_gate)
        {
            waiter.IsDone = true;
            Monitor.PulseAll(_gate);
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

    /// <summary>One wait for the lock. Written only under the gate.</summary>
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
