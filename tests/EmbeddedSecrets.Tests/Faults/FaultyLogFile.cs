using EmbeddedSecrets.Files;

namespace EmbeddedSecrets.Tests.Faults;

/// <summary>A log file whose calls fail or wait when a test says so.</summary>
internal sealed class FaultyLogFile(IStoreFile inner) : IWrappedLogFile
{
    private bool _waiting;
    private int _reads;

    public IStoreFile Inner => inner;

    public string Path => inner.Path;

    public long Length => inner.Length;

    public Func<int, bool>? FailWrite { get; set; }

    public bool FailFlush { get; set; }

    public bool FailRead { get; set; }

    /// <summary>Called at the beginning of every flush.</summary>
    public Action? OnFlush { get; set; }

    /// <summary>Holds every flush until it is set.</summary>
    public ManualResetEventSlim Gate { get; } = new(initialState: true);

    /// <summary>Gets a value indicating whether a flush is being held.</summary>
    public bool Waiting { get => Volatile.Read(ref _waiting); private set => Volatile.Write(ref _waiting, value); }

    public int Flushes { get; private set; }

    public int Reads => Volatile.Read(ref _reads);

    public bool IsDisposed { get; private set; }

    public int Read(Span<byte> destination, long offset)
    {
        Interlocked.Increment(ref _reads);
        return FailRead ? throw new IOException("No such luck (read).") : inner.Read(destination, offset);
    }

    public void Write(ReadOnlySpan<byte> bytes, long offset)
    {
        if (FailWrite?.Invoke(bytes.Length) == true)
        {
            inner.Write(bytes[..(bytes.Length / 2)], offset);
            throw new IOException("No space left (write).");
        }

        inner.Write(bytes, offset);
    }

    public void FlushData()
    {
        OnFlush?.Invoke();
        Waiting = !Gate.IsSet;
        Gate.Wait(TimeSpan.FromSeconds(30));
        Waiting = false;
        Flushes++;
        if (FailFlush)
        {
            throw new IOException("No such luck (flush).");
        }

        inner.FlushData();
    }

    public bool IsOpenHereOnly() => inner.IsOpenHereOnly();

    public void Dispose()
    {
        IsDisposed = true;
        inner.Dispose();
    }
}
