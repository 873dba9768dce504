using System.Buffers.Binary;
using EmbeddedSecrets.Errors;
using EmbeddedSecrets.Files;

namespace EmbeddedSecrets.Repositories.Log;

/// <summary>
/// Reads a log from its beginning to its end, or to the end that is given, through one buffer; what it allocates is bounded
/// by that length.
/// </summary>
internal sealed class LogReader(IStoreFile file, long? end = null)
{
    /// <summary>As much is kept for who goes on later.</summary>
    public const int KeptLength = 1 << 20;

    /// <summary>Many small frames at once, and little enough to stay in the processor's cache.</summary>
    private const int BufferLength = 96 << 10;

    /// <summary>Of a frame behind a long one, whose body was passed over, the header comes first: it says how much is wanted of it.</summary>
    private const int HopLength = 4 << 10;

    private byte[] _buffer = [];
    private long _start;
    private int _filled;

    public string Path => file.Path;

    /// <summary>Up to here it reads. Whoever follows a log moves it on.</summary>
    public long Length { get; set; } = end ?? LengthOf(file);

    public static long LengthOf(IStoreFile file)
    {
        try
        {
            return file.Length;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw StoreFailures.ReadFailed(file.Path, exception);
        }
    }

    /// <summary>The bytes at an offset, fewer than asked for only where the file ends. Valid until the next call.</summary>
    public ReadOnlySpan<byte> Read(long offset, int length)
    {
        int wanted = (int)Math.Min(length, Math.Max(0, Length - offset));
        if (wanted == 0)
        {
            return default;
        }

        if (offset < _start || offset + wanted > _start + _filled)
        {
            Fill(offset, wanted);
        }

        return _buffer.AsSpan((int)(offset - _start), wanted);
    }

    /// <summary>A clear header that stands for itself at this offset: checksum, own offset and length are right.</summary>
    public bool TryReadHeader(long offset, out FrameHeader header)
    {
        ReadOnlySpan<byte> bytes = Read(offset, FrameHeader.Size);
        header = default;
        return FrameHeader.HasChecksum(bytes)
            && FrameHeader.TryRead(bytes, out header)
            && header.Offset == offset
            && header.FrameLength <= Length - offset;
    }

    /// <summary>Where the last byte ends that is not zero, or the given offset when there is none behind it.</summary>
    public long EndOfData(long from)
    {
        long end = from;
        for (long offset = from; offset < Length; offset += BufferLength)
        {
            ReadOnlySpan<byte> bytes = Read(offset, BufferLength);
            int length = LengthWithoutZeros(bytes);
            end = length > 0 ? offset + length : end;
        }

        return end;
    }

    /// <summary>For who goes on later: gives back a buffer that a rare long frame has needed.</summary>
    public void Rest()
    {
        if (_buffer.Length > KeptLength)
        {
            _buffer = [];
            _filled = 0;
        }
    }

    /// <summary>By words, and not by the framework's search for the last other byte: that is compiled at its first call, which every opening waits for.</summary>
    private static int LengthWithoutZeros(ReadOnlySpan<byte> bytes)
    {
        int length = bytes.Length;
        while (length >= sizeof(ulong) && BinaryPrimitives.ReadUInt64LittleEndian(bytes[(length - sizeof(ulong))..]) == 0)
        {
            length -= sizeof(ulong);
        }

        while (length > 0 && bytes[length - 1] == 0)
        {
            length--;
        }

        return length;
    }

    private void Fill(long offset, int wanted)
    {
        long left = Length - offset;
        int least = left <= BufferLength ? (int)left : wanted >= HopLength ? wanted : offset > _start + _filled ? HopLength : BufferLength;
        int length = (int)Math.Min(Math.Max(wanted, least), left);
        if (_buffer.Length < length)
        {
            // Whoever follows a log reads a little more each time.
            _buffer = GC.AllocateUninitializedArray<byte>(Math.Max(length, Math.Min(2 * _buffer.Length, BufferLength)));
        }

        _filled = 0;
        _start = offset;
        try
        {
            // A published end that lies behind the end of the file is damage too.
            if (file.Read(_buffer.AsSpan(0, length), offset) != length)
            {
                throw StoreFailures.Corrupt(file.Path, offset);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw StoreFailures.ReadFailed(file.Path, exception);
        }

        _filled = length;
    }
}
