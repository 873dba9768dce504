using System.Buffers;
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
        // The Try form throws for what is no base64url; only this one tells it.
        bool isText = Base64Url.DecodeFromUtf8(line[Prefix.Length..], body.Span, out _, out int written) == OperationStatus.Done;
        ReadOnlySpan<byte> key = body.Span[..KeyLength];
        return isText && written == DecodedLength && BinaryPrimitives.ReadUInt32LittleEndian(body.Span[KeyLength..]) == Checksum(key) && IsKey(key)
            ? new PinnedBytes(key)
            : null;
    }

    /// <summary>Without one LF or CRLF at the end.</summary>
    public static ReadOnlySpan<byte> TrimLineEnd(ReadOnlySpan<byte> line)
    {
        if (line.EndsWith("\n"u8))
        {
            line = line[..^1];
            if (line.EndsWith("\r"u8))
            {
                line = line[..^1];
            }
        }

        return line;
    }

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
