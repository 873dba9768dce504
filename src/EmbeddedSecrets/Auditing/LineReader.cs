using EmbeddedSecrets.Files;

namespace EmbeddedSecrets.Auditing;

/// <summary>Cuts a file into lines in bounded memory.</summary>
internal sealed class LineReader(IStoreFile file, long offset, long end)
{
    private readonly byte[] _buffer = new byte[4 * AuditLine.MaxLength];
    private long _bufferOffset = offset;
    private int _start;
    private int _count;

    /// <summary>Where the last line began.</summary>
    public long Offset { get; private set; } = offset;

    /// <summary>How many bytes it has, its LF among them.</summary>
    public int Length { get; private set; }

    /// <summary>Whether it ended with an LF; what has none is the end of the file, or a piece of what is too long for a line.</summary>
    public bool IsTerminated { get; private set; }

    /// <summary>The next line without its LF; false at the end.</summary>
    public bool TryRead(out ReadOnlySpan<byte> line)
    {
        int feed = _buffer.AsSpan(_start, _count).IndexOf((byte)'\n');
        if (feed < 0 && _count < AuditLine.MaxLength)
        {
            Fill();
            feed = _buffer.AsSpan(_start, _count).IndexOf((byte)'\n');
        }

        IsTerminated = feed >= 0 && feed < AuditLine.MaxLength;
        Length = IsTerminated ? feed + 1 : int.Min(_count, AuditLine.MaxLength);
        Offset = _bufferOffset + _start;
        line = _buffer.AsSpan(_start, IsTerminated ? feed : Length);
        _start += Length;
        _count -= Length;
        return Length > 0;
    }

    private void Fill()
    {
        _buffer.AsSpan(_start, _count).CopyTo(_buffer);
        _bufferOffset += _start;
        _start = 0;
        long next = _bufferOffset + _count;
        int wanted = (int)long.Min(_buffer.Length - _count, long.Max(end - next, 0));
        _count += file.Read(_buffer.AsSpan(_count, wanted), next);
    }
}
