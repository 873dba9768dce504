using EmbeddedSecrets.Files;

namespace EmbeddedSecrets.Verification;

/// <summary>A log of which the disk does not give every byte: what it withholds reads as zeros and is a fault, told once.</summary>
internal sealed class UnreadableRanges(IStoreFile inner, Findings findings) : IStoreFile
{
    /// <summary>No disk fails in smaller parts.</summary>
    private const int PageLength = 4096;

    private readonly HashSet<long> _told = [];

    public string Path => inner.Path;

    public long Length => inner.Length;

    public int Read(Span<byte> destination, long offset)
    {
        try
        {
            return inner.Read(destination, offset);
        }
        catch (IOException)
        {
            return ReadPages(destination, offset, inner.Length);
        }
    }

    public void Write(ReadOnlySpan<byte> bytes, long offset) => throw new NotSupportedException();

    public void FlushData() => throw new NotSupportedException();

    public bool IsOpenHereOnly() => inner.IsOpenHereOnly();

    public void Dispose() => inner.Dispose();

    private int ReadPages(Span<byte> destination, long offset, long end)
    {
        int done = 0;
        int length = (int)Math.Clamp(end - offset, 0, destination.Length);
        while (done < length)
        {
            long place = offset + done;
            int count = (int)Math.Min(length - done, PageLength - (place % PageLength));
            Span<byte> page = destination.Slice(done, count);
            try
            {
                if (inner.Read(page, place) != count)
                {
                    return done;
                }
            }
            catch (IOException exception)
            {
                page.Clear();
                Tell(place, end, exception);
            }

            done += count;
        }

        return done;
    }

    private void Tell(long place, long end, IOException exception)
    {
        long start = place - (place % PageLength);
        if (_told.Add(start))
        {
            findings.Add(VerificationFaultKind.Frame, start, Math.Min(PageLength, end - start), "The disk does not give bytes of the log: " + exception.Message);
        }
    }
}
