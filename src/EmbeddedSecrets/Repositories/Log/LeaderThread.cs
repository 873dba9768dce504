namespace EmbeddedSecrets.Repositories.Log;

/// <summary>
/// A thread for work that waits for the disk, so that none of the pool does: that has as many as there are processors, and others need them. It
/// ends when there was nothing to do for a moment, since a thread that waits for ever would keep a store alive that nobody has any more.
/// </summary>
internal sealed class LeaderThread
{
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(1);

    private readonly object _gate = new();
    private Action? _work;
    private bool _isThere;

    /// <summary>Does something on the thread. One piece of work at a time: the next is given when the one before has ended, or from within it as its last step.</summary>
    public void Run(Action work)
    {
        lock (_gate)
        {
            _work = work;
            if (_isThere)
            {
                Monitor.Pulse(_gate);
                return;
            }

            _isThere = true;
        }

        try
        {
            // Without the context of whoever happens to be here: it works for others too.
            new Thread(Work) { IsBackground = true, Name = "EmbeddedSecrets commits" }.UnsafeStart();
        }
        catch (OutOfMemoryException)
        {
            // No more threads are to be had. Those who wait must not wait for ever.
            Take(isThere: false)?.Invoke();
        }
    }

    private void Work()
    {
        while (Next() is { } work)
        {
            work();
        }
    }

    private Action? Next()
    {
        lock (_gate)
        {
            if (_work is null)
            {
                Monitor.Wait(_gate, Idle);
            }

            return Take(isThere: _work is not null);
        }
    }

    private Action? Take(bool isThere)
    {
        lock (_gate)
        {
            Action? work = _work;
            _work = null;
            _isThere = isThere;
            return work;
        }
    }
}
