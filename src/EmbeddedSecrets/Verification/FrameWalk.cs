using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Repositories.Log;

namespace EmbeddedSecrets.Verification;

/// <summary>Goes from one well-formed frame to the next, also behind damage: frames stand for themselves (DESIGN F4).</summary>
internal sealed class FrameWalk(LogReader reader)
{
    /// <summary>As in a recovery: so many bytes of supposed frames are examined for each byte of the log.</summary>
    private const int SearchFactor = 8;

    private long _offset = LogFileHeader.Length;
    private long _budget = SearchFactor * reader.Length;

    /// <summary>Looked for once, at the first gap: a log with many of them is not read to its end for each.</summary>
    private long? _dataEnd;

    /// <summary>Gets where the bytes begin that stand before the frame, or before the end, and are none; null when there are none.</summary>
    public long? GapStart { get; private set; }

    /// <summary>Gets a value indicating whether the gap begins with right checksums in a wrong place or over wrong fields, which is no accident.</summary>
    public bool GapIsForged { get; private set; }

    /// <summary>Gets where the next frame is looked for; after the last one, where the frames end.</summary>
    public long Offset => _offset;

    /// <summary>The next frame whose checksums are right, read as far as they cover it. False at the end; the gap before it has been told then.</summary>
    public bool TryNext(out FrameHeader header, out ReadOnlySpan<byte> frame, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        long start = _offset;
        GapStart = null;
        if (TryRead(start, out header, out frame))
        {
            _offset += header.FrameLength;
            return true;
        }

        _dataEnd ??= reader.EndOfData(start);
        if (_dataEnd <= start)
        {
            return false;
        }

        GapStart = start;
        GapIsForged = IsForged(start);
        for (long offset = start + 8; offset + FrameHeader.Size <= reader.Length && _budget > 0; offset += 8)
        {
            if (TryRead(offset, out header, out frame))
            {
                cancellationToken.ThrowIfCancellationRequested();
                _offset = offset + header.FrameLength;
                return true;
            }
        }

        return false;
    }

    private bool TryRead(long offset, out FrameHeader header, out ReadOnlySpan<byte> frame)
    {
        frame = default;
        if (!reader.TryReadHeader(offset, out header))
        {
            return false;
        }

        frame = reader.Read(offset, header.CheckedLength);
        if (Checksum.Of(frame[FrameHeader.Size..]) == header.RestChecksum)
        {
            return true;
        }

        _budget -= header.FrameLength;
        return false;
    }

    private bool IsForged(long offset)
    {
        ReadOnlySpan<byte> bytes = reader.Read(offset, FrameHeader.Size);
        return FrameHeader.HasChecksum(bytes) && (!FrameHeader.TryRead(bytes, out FrameHeader header) || header.Offset != offset);
    }
}
