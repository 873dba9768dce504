using System.Buffers.Binary;
using System.Text;

namespace EmbeddedSecrets.Buffers;

/// <summary>
/// Reads fields written by <see cref="FieldWriter"/>. Every length is checked against what is left before anything is
/// allocated (DESIGN F11); what does not fit is an <see cref="InvalidDataException"/>, which the codecs turn into a failure of
/// the library.
/// </summary>
internal ref struct FieldReader
{
    private readonly ReadOnlySpan<byte> _bytes;
    private int _position;

    public FieldReader(ReadOnlySpan<byte> bytes)
    {
        _bytes = bytes;
    }

    public readonly int Position => _position;

    public byte Byte() => Bytes(1)[0];

    public bool Flag() => Byte() switch
    {
        0 => false,
        1 => true,
        _ => throw new InvalidDataException("A flag is neither 0 nor 1."),
    };

    public int UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Bytes(sizeof(ushort)));

    /// <summary>A u32 that is at most <see cref="int.MaxValue"/>.</summary>
    public int UInt32()
    {
        uint value = BinaryPrimitives.ReadUInt32LittleEndian(Bytes(sizeof(uint)));
        return value <= int.MaxValue ? (int)value : throw new InvalidDataException("A number is too large.");
    }

    public long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Bytes(sizeof(long)));

    /// <summary>A number that is never negative.</summary>
    public long Count()
    {
        long value = Int64();
        return value >= 0 ? value : throw new InvalidDataException("A number is negative.");
    }

    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Bytes(sizeof(ulong)));

    public UniqueId Id() => UniqueId.Read(Bytes(16));

    public DateTimeOffset Time()
    {
        long ticks = Int64();
        return ticks >= DateTimeOffset.MinValue.Ticks && ticks <= DateTimeOffset.MaxValue.Ticks
            ? new DateTimeOffset(ticks, TimeSpan.Zero)
            : throw new InvalidDataException("A time is out of range.");
    }

    public string Text() => Decode(Bytes(UInt16()), isShared: false);

    /// <summary>A text that many records have: see <see cref="SharedTexts"/>.</summary>
    public string SharedText() => Decode(Bytes(UInt16()), isShared: true);

    public DateTimeOffset? OptionalTime() => Flag() ? Time() : null;

    public string? OptionalText() => Flag() ? Text() : null;

    /// <summary>Refuses a text that does not come behind the one before it; null where it is the first.</summary>
    public static void RequireAscending(string? last, string next)
    {
        if (last is not null && string.CompareOrdinal(last, next) >= 0)
        {
            throw new InvalidDataException("Texts are out of order.");
        }
    }

    public ReadOnlySpan<byte> Bytes(int count)
    {
        if (count > _bytes.Length - _position)
        {
            throw new InvalidDataException("The bytes end too early.");
        }

        ReadOnlySpan<byte> taken = _bytes.Slice(_position, count);
        _position += count;
        return taken;
    }

    /// <summary>Refuses bytes that nobody read.</summary>
    public readonly void End()
    {
        if (_position != _bytes.Length)
        {
            throw new InvalidDataException("Bytes are left over.");
        }
    }

    private static string Decode(ReadOnlySpan<byte> utf8, bool isShared)
    {
        try
        {
            return isShared ? SharedTexts.Of(utf8) : Utf8.Strict.GetString(utf8);
        }
        catch (DecoderFallbackException)
        {
            throw new InvalidDataException("A text is not UTF-8.");
        }
    }
}
