namespace EmbeddedSecrets.Benchmarks.Counting;

/// <summary>The flushes of a store's log.</summary>
internal sealed class FlushCount
{
    private int _commits;
    private int _extensions;

    /// <summary>Gets how many flushed what was written into room that was there.</summary>
    public int Commits => Volatile.Read(ref _commits);

    /// <summary>Gets how many flushed new room.</summary>
    public int Extensions => Volatile.Read(ref _extensions);

    public void Add(bool isExtension)
    {
        if (isExtension)
        {
            Interlocked.Increment(ref _extensions);
        }
        else
        {
            Interlocked.Increment(ref _commits);
        }
    }
}
