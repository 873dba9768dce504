using System.Buffers.Binary;
using System.Text;

namespace EmbeddedSecrets.Buffers;

/// <summary>
/// Short texts that stand in nearly every record, such as names of stages, ids of versions and of keys: ten versions a secret
/// and one text each would be most of what the collector has to look at. The place of a text is taken by the next one of the
/// same hash, so that memory is bounded; nothing secret comes here. Safe for several threads at once.
/// </summary>
internal static class SharedTexts
{
    /// <summary>Longer texts are made anew.</summary>
    public const int MaxLength = 16;

    private const int Places = 1024;
    private const ulong Multiplier = 0x9E37_79B9_7F4A_7C15;
    private const int HashShift = 64 - 10;

    private static readonly string?[] Table = new string?[Places];

    /// <summary>The text of UTF-8 bytes: one that is here already, or a new one. A <see cref="DecoderFallbackException"/> where they are not UTF-8.</summary>
    public static string Of(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > MaxLength)
        {
            return Utf8.Strict.GetString(utf8);
        }

        ref string? place = ref Table[PlaceOf(utf8)];
        string? here = Volatile.Read(ref place);
        if (here is not null && Ascii.Equals(utf8, here))
        {
            return here;
        }

        string text = Utf8.Strict.GetString(utf8);
        Volatile.Write(ref place, text);
        return text;
    }

    private static int PlaceOf(ReadOnlySpan<byte> utf8)
    {
        Span<byte> padded = stackalloc byte[MaxLength];
        padded.Clear();
        utf8.CopyTo(padded);
        ulong mixed = unchecked(BinaryPrimitives.ReadUInt64LittleEndian(padded) ^ (BinaryPrimitives.ReadUInt64LittleEndian(padded[8..]) * Multiplier));
        return (int)(unchecked(mixed * Multiplier) >> HashShift);
    }
}
