using EmbeddedSecrets.Files;

namespace EmbeddedSecrets.Fuzz;

/// <summary>A log in memory. Zeros behind its last byte are a length only, so that room made ahead costs nothing.</summary>
internal sealed class MemoryLogFile(byte[] content, string path) : IStoreFile
{
    private byte[] _bytes = content;
    private int _stored = content.Length;

    public string Path => path;

    public long Length { get; private set; } = content.Length;

    /// <summary>Gets the bytes up to the last that is not zero, and what fills them up to a multiple of 8.</summary>
    public byte[] Content
    {
        get
        {
            int end = _bytes.AsSpan(0, _stored).LastIndexOfAnyExcept((byte)0) + 1;
            byte[] copy = new byte[(end + 7) & ~7];
            _bytes.AsSpan(0, end).CopyTo(copy);
            return copy;
        }
    }

    public int Read(Span<byte> destination, long offset)
    {
        int count = (int)Math.Clamp(Length - offset, 0, destination.Length);
        destination[..count].Clear();
        if (offset < _stored)
        {
            _bytes.AsSpan((int)offset, (int)Math.Min(count, _stored - offset)).CopyTo(destination);
        }

        return count;
    }

    public void Write(ReadOnlySpan<byte> bytes, long offset)
    {
        long end = offset + bytes.Length;
        Length = Math.Max(Length, end);
        if (offset >= _stored && bytes.IndexOfAnyExcept((byte)0) < 0)
        {
            return;
        }

        if (end > _bytes.Length)
        {
            Array.Resize(ref _bytes, checked((int)Math.Max(end, _bytes.Length * 2L)));
        }

        bytes.CopyTo(_bytes.AsSpan((int)offset));
        _stored = Math.Max(_stored, (int)end);
    }

    public void FlushData()
    {
    }

    public bool IsOpenHereOnly() => true;

    public void Dispose()
    {
    }
}
