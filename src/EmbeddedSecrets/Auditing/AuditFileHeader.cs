using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace EmbeddedSecrets.Auditing;

/// <summary>The first line of a file. Its body begins with the trail id, which has to be read before the line can be authenticated.</summary>
/// <param name="Number">The number of the file, as in its name.</param>
/// <param name="First">The sequence of the first record that will follow.</param>
/// <param name="Previous">The tag of the record before that one.</param>
/// <param name="End">How much of the file before counts, in bytes; 0 in the first file.</param>
internal sealed record AuditFileHeader(int Number, long First, string Previous, long End)
{
    public const int Format = 1;

    private static ReadOnlySpan<byte> TrailField => "\"trail\":\""u8;

    public void Append(AuditKeys keys, ArrayBufferWriter<byte> output)
    {
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            writer.WriteString("trail", keys.TrailId);
            writer.WriteNumber("format", Format);
            writer.WriteNumber("file", Number);
            writer.WriteNumber("first", First);
            writer.WriteString("previous", Previous);
            writer.WriteNumber("end", End);
            writer.WriteEndObject();
        }

        AuditLine.Append(json.WrittenSpan, keys, output);
    }

    /// <summary>The trail id that the line claims; null where it claims none.</summary>
    public static byte[]? TrailIdOf(ReadOnlySpan<byte> line)
    {
        if (line.Length < AuditLine.BodyOffset + TrailField.Length + (2 * AuditKeys.TrailIdLength) || !line[AuditLine.BodyOffset..].StartsWith(TrailField))
        {
            return null;
        }

        byte[] id = new byte[AuditKeys.TrailIdLength];
        ReadOnlySpan<byte> digits = line.Slice(AuditLine.BodyOffset + TrailField.Length, 2 * AuditKeys.TrailIdLength);
        return Convert.FromHexString(Encoding.Latin1.GetString(digits), id, out _, out int written) == OperationStatus.Done && written == id.Length ? id : null;
    }

    /// <summary>The header in an authentic line; null where the line is another one.</summary>
    public static AuditFileHeader? Read(ReadOnlySpan<byte> line, out int format)
    {
        Dictionary<string, string> fields = AuditFields.Read(line);
        format = int.TryParse(fields.GetValueOrDefault("format"), NumberStyles.None, CultureInfo.InvariantCulture, out int known) ? known : 0;
        return format == Format
            && int.TryParse(fields.GetValueOrDefault("file"), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            && AuditFields.TryNumber(fields, "first", out long first)
            && AuditFields.TryNumber(fields, "end", out long end)
            && fields.TryGetValue("previous", out string? previous)
                ? new AuditFileHeader(number, first, previous, end)
                : null;
    }
}
