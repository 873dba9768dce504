using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace EmbeddedSecrets.Auditing;

/// <summary>
/// A line of a trail: one JSON object in ASCII, so that nothing in a text can begin a new line or turn one round.
/// <code>{"tag":"&lt;64 hex&gt;",&lt;body&gt;LF    tag = HMAC-SHA256(line key, body)    body = the object without its first brace</code>
/// </summary>
internal static class AuditLine
{
    /// <summary>Of a line with its LF: seven texts of 512 characters, each of which can need 6 bytes, and the rest.</summary>
    public const int MaxLength = 24 << 10;

    public const string NoTag = "0000000000000000000000000000000000000000000000000000000000000000";

    private const int TagLength = 64;

    /// <summary>Where the body begins.</summary>
    public const int BodyOffset = 8 + TagLength + 2;

    private static ReadOnlySpan<byte> Start => "{\"tag\":\""u8;

    private static ReadOnlySpan<byte> AfterTag => "\","u8;

    /// <summary>Appends the line to the output and gives its tag.</summary>
    public static string Append(ReadOnlySpan<byte> json, AuditKeys keys, ArrayBufferWriter<byte> output)
    {
        ReadOnlySpan<byte> body = json[1..];
        string tag = keys.Tag(body);
        output.Write(Start);
        Encoding.ASCII.GetBytes(tag, output);
        output.Write(AfterTag);
        output.Write(body);
        output.Write("\n"u8);
        return tag;
    }

    /// <summary>The tag of an authentic line, given without its LF; null for every other.</summary>
    public static string? Authenticate(ReadOnlySpan<byte> line, AuditKeys keys)
    {
        if (line.Length <= BodyOffset || !line.StartsWith(Start) || !line[(Start.Length + TagLength)..].StartsWith(AfterTag))
        {
            return null;
        }

        string tag = keys.Tag(line[BodyOffset..]);
        Span<byte> expected = stackalloc byte[TagLength];
        Encoding.ASCII.GetBytes(tag, expected);
        return CryptographicOperations.FixedTimeEquals(expected, line.Slice(Start.Length, TagLength)) ? tag : null;
    }
}
