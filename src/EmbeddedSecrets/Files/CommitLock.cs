using System.Diagnostics;
using EmbeddedSecrets.Interop;

namespace EmbeddedSecrets.Files;

/// <summary>
/// The right to write, among all instances of a store: <c>queue</c>, then <c>commit</c>, then <c>queue</c> is given back
/// (DESIGN F6), so that who has just written stands behind those who wait. Free locks are taken on the caller's thread. For
/// one that is held a thread of its own waits in the kernel, where a wait cannot be ended: a caller who gives up leaves it to
/// the next one. Used by one thread at a time.
/// </summary>
internal sealed class CommitLock(ISharedLock? queue, ISharedLock commit) : IDisposable
{
    private readonly object _gate = new();
    private Thread? _thread;
    private bool _wanted;
    private bool _granted;
    private volatile bool _taking;
    private bool _closed;
    private Exception? _failure;

    /// <summary>Takes the lock; every success is followed by one <see cref="Exit"/>.</summary>
    /// <returns>False when it was not to be had within the time.</returns>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    /// <exception cref="IOException">The lock cannot be used at all.</exception>
    public bool TryEnter(TimeSpan patience, CancellationToken cancellationToken)
    {
        if (!_taking && TryTakeFree())
        {
            return true;
        }

        using CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(static self => ((CommitLock)self!).Wake(), this);
        return WaitFor(patience, cancellationToken);
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
        if (queue is not null && !queue.TryTake())
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

    private bool WaitFor(TimeSpan patience, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            _thread ??= StartThread();
            _failure = null;
            _wanted = true;
            _taking = true;
            Monitor.PulseAll(_gate);
            try
            {
                while (!_granted)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    TimeSpan left = patience - Stopwatch.GetElapsedTime(start);
                    if (_failure is { } failure)
                    {
                        throw new IOException(failure.Message, failure);
                    }

                    if (left <= TimeSpan.Zero || _closed)
                    {
                        return false;
                    }

                    Monitor.Wait(_gate, left);
                }

                return true;
            }
            finally
            {
                _wanted = false;
                _granted = false;
            }
        }
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
        thread.Start();
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
            lock (_gate)
            {
                _failure = failure;
                _granted = failure is null && _wanted && !_closed;
                if (failure is null && !_granted)
                {
                    commit.Release();
                }

                // Last: from here on a caller takes a free lock on its own thread, and a release after that would take it away.
                _taking = false;
                Monitor.PulseAll(_gate);
                if (_closed)
                {
                    Close();
                    return;
                }
            }
        }
    }

    private Exception? TakeBoth()
    {
        try
        {
            queue?.Take();
            try
            {
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

    private void Close()
    {
        queue?.Dispose();
        commit.Dispose();
    }
}
