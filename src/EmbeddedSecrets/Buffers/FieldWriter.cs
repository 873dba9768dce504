using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace EmbeddedSecrets.Buffers;

/// <summary>
/// Writes fields one after the other, numbers little-endian, into memory that grows. Give it the room that is usually enough;
/// what it allocates beyond that is pinned and zeroed.
/// </summary>
internal ref struct FieldWriter
{
    private Span<byte> _buffer;
    private int _length;

    public FieldWriter(Span<byte> initial)
    {
        _buffer = initial;
    }

    public readonly ReadOnlySpan<byte> Written => _buffer[.._length];

    public void Byte(byte value) => Take(1)[0] = value;

    public void UInt16(int value) => BinaryPrimitives.WriteUInt16LittleEndian(Take(sizeof(ushort)), checked((ushort)value));

    public void UInt32(int value) => BinaryPrimitives.WriteUInt32LittleEndian(Take(sizeof(uint)), checked((uint)value));

    public void Int64(long value) => BinaryPrimitives.WriteInt64LittleEndian(Take(sizeof(long)), value);

    public void UInt64(ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Take(sizeof(ulong)), value);

    /// <summary>16 bytes, little-endian like every number.</summary>
    public void Id(UniqueId value) => value.CopyTo(Take(16));

    public void Bytes(ReadOnlySpan<byte> value) => value.CopyTo(Take(value.Length));

    /// <summary>u16 length | UTF-8.</summary>
    public void Text(string value)
    {
        int length = Utf8.Strict.GetByteCount(value);
        UInt16(length);
        Utf8.Strict.GetBytes(value, Take(length));
    }

    /// <summary>u8 flag | the ticks of the time in UTC, i64, where there is one.</summary>
    public void OptionalTime(DateTimeOffset? value)
    {
        Byte(value is null ? (byte)0 : (byte)1);
        if (value is { } time)
        {
            Int64(time.UtcTicks);
        }
    }

    /// <summary>u8 flag | the text where there is one.</summary>
    public void OptionalText(string? value)
    {
        Byte(value is null ? (byte)0 : (byte)1);
        if (value is not null)
        {
            Text(value);
        }
    }

    /// <summary>Zeroes what was written; what was outgrown is zero already.</summary>
    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_buffer[.._length]);
    }

    private Span<byte> Take(int count)
    {
        if (count > _buffer.Length - _length)
        {
            Span<byte> larger = PinnedBytes.NewArray(Math.Max(_buffer.Length * 2, _length + count));
            Written.CopyTo(larger);
            CryptographicOperations.ZeroMemory(_buffer);
            _buffer = larger;
        }

        Span<byte> taken = _buffer.Slice(_length, count);
        _length += count;
        return taken;
    }
}

/// <summary>UTF-8 that refuses what has no UTF-8 form, and what is none.</summary>
internal static class Utf8
{
    public static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
}
