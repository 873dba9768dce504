using System.Buffers.Binary;
using System.Buffers.Text;
using System.Numerics;
using EmbeddedSecrets.Buffers;

namespace EmbeddedSecrets.Keys;

/// <summary>
/// A root key as one line of text: <c>ess-key-1:</c>, then base64url without padding of key 32 | CRC32C 4, little-endian. An
/// LF or CRLF may follow.
/// </summary>
internal static class KeyLine
{
    public const string Form = "one line of 'ess-key-1:' and 48 characters, as RootKey.Generate() makes it";
    public const int KeyLength = 32;
    public const int MaxLength = Length + 2;

    private const int Length = 10 + EncodedLength;
    private const int EncodedLength = 48;
    private const int DecodedLength = KeyLength + sizeof(uint);

    private static ReadOnlySpan<byte> Prefix => "ess-key-1:"u8;

    /// <summary>The line without a line end, 58 bytes; the caller disposes it.</summary>
    public static SecretMemory Write(ReadOnlySpan<byte> key)
    {
        using SecretMemory body = SecretMemory.Rent(DecodedLength);
        key.CopyTo(body.Span);
        BinaryPrimitives.WriteUInt32LittleEndian(body.Span[KeyLength..], Checksum(key));
        SecretMemory line = SecretMemory.Rent(Length);
        Prefix.CopyTo(line.Span);
        Base64Url.EncodeToUtf8(body.Span, line.Span[Prefix.Length..]);
        return line;
    }

    /// <summary>The key in memory that the caller disposes, or null when this is no such line.</summary>
    public static PinnedBytes? TryParse(ReadOnlySpan<byte> line)
    {
        line = TrimLineEnd(line);
        if (line.Length != Length || !line.StartsWith(Prefix))
        {
            return null;
        }

        using SecretMemory body = SecretMemory.Rent(DecodedLength);
        bool isText = TryDecode(line[Prefix.Length..], body.Span);
        ReadOnlySpan<byte> key = body.Span[..KeyLength];
        return isText && BinaryPrimitives.ReadUInt32LittleEndian(body.Span[KeyLength..]) == Checksum(key) && IsKey(key)
            ? new PinnedBytes(key)
            : null;
    }

    /// <summary>Without one LF or CRLF at the end.</summary>
    public static ReadOnlySpan<byte> TrimLineEnd(ReadOnlySpan<byte> line)
    {
        if (line is [.. var content, (byte)'\n'])
        {
            line = content is [.. var text, (byte)'\r'] ? text : content;
        }

        return line;
    }

    /// <summary>
    /// Three bytes for every four characters; false where one is no digit of base64url. In the same time for all keys. The decoder
    /// of the framework is compiled at its first call, and a process that opens a store would wait 3 ms for it (decision 0022).
    /// </summary>
    private static bool TryDecode(ReadOnlySpan<byte> text, Span<byte> bytes)
    {
        int digits = 0;
        for (int i = 0; i < EncodedLength / 4; i++)
        {
            int group = 0;
            foreach (byte character in text.Slice(4 * i, 4))
            {
                int digit = DigitOf(character);
                digits |= digit;
                group = (group << 6) | (digit & 0x3f);
            }

            bytes[3 * i] = (byte)(group >> 16);
            bytes[(3 * i) + 1] = (byte)((group >> 8) & 0xff);
            bytes[(3 * i) + 2] = (byte)(group & 0xff);
        }

        return digits >= 0;
    }

    /// <summary>What a character stands for (RFC 4648, table 2), or -1; without a branch and without a table.</summary>
    private static int DigitOf(int character) =>
        (IfWithin(character, 'A', 'Z') & (character - 'A' + 1))
        + (IfWithin(character, 'a', 'z') & (character - 'a' + 27))
        + (IfWithin(character, '0', '9') & (character - '0' + 53))
        + (IfWithin(character, '-', '-') & 63)
        + (IfWithin(character, '_', '_') & 64)
        - 1;

    /// <summary>All bits where the character is one of these, else none.</summary>
    private static int IfWithin(int character, int first, int last) => ((first - 1 - character) & (character - last - 1)) >> 31;

    /// <summary>32 bytes that are not all zero, which is what memory holds that nobody filled.</summary>
    public static bool IsKey(ReadOnlySpan<byte> key) => key.Length == KeyLength && key.ContainsAnyExcept((byte)0);

    private static uint Checksum(ReadOnlySpan<byte> key)
    {
        uint checksum = uint.MaxValue;
        foreach (byte next in key)
        {
            checksum = BitOperations.Crc32C(checksum, next);
        }

        return ~checksum;
    }
}
