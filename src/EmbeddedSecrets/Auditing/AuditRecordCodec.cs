using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace EmbeddedSecrets.Auditing;

/// <summary>A record as a line, and back.</summary>
internal static class AuditRecordCodec
{
    public const int MaxTextLength = 512;

    /// <summary>What the arguments alone show to be wrong: a text that is missing or too long.</summary>
    public static void Check(AuditRecord record)
    {
        CheckText(record.RequestId ?? throw new ArgumentException("The request id is null.", nameof(record)), "request id");
        CheckText(record.Operation ?? throw new ArgumentException("The operation is null.", nameof(record)), "operation");
        CheckText(record.Principal, "principal");
        CheckText(record.SecretName, "name of the secret");
        CheckText(record.VersionId, "version id");
        CheckText(record.KeyId, "key id");
        CheckText(record.Code, "code");
        if (!Enum.IsDefined(record.Phase) || (record.Outcome is { } outcome && !Enum.IsDefined(outcome)))
        {
            throw new ArgumentException("The phase or the outcome is none of the defined ones.", nameof(record));
        }
    }

    /// <summary>Appends the line of the record and gives the head that the trail has with it.</summary>
    public static AuditHead Append(AuditRecord record, AuditHead before, bool hashNames, AuditKeys keys, ArrayBufferWriter<byte> output)
    {
        long sequence = before.Sequence + 1;
        var json = new ArrayBufferWriter<byte>();

        // The default encoder leaves printable ASCII only: no line end, no control, no mark that turns text round.
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            writer.WriteNumber("sequence", sequence);
            writer.WriteString("time", record.Time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
            writer.WriteString("phase", record.Phase.ToString());
            writer.WriteString("operation", record.Operation);
            writer.WriteString("request", record.RequestId);
            WriteOptional(writer, "principal", record.Principal);
            WriteOptional(writer, "secret", hashNames && record.SecretName is { } name ? keys.HashName(name) : record.SecretName);
            WriteOptional(writer, "version", record.VersionId);
            WriteOptional(writer, "key", record.KeyId);
            WriteOptional(writer, "outcome", record.Outcome?.ToString());
            WriteOptional(writer, "code", record.Code);
            writer.WriteString("previous", before.Tag);
            writer.WriteEndObject();
        }

        return new AuditHead(sequence, AuditLine.Append(json.WrittenSpan, keys, output));
    }

    /// <summary>The record in an authentic line; null where the line holds none.</summary>
    public static AuditRecord? Read(ReadOnlySpan<byte> line, out long sequence, out string previous)
    {
        Dictionary<string, string> fields = AuditFields.Read(line);
        previous = fields.GetValueOrDefault("previous", string.Empty);
        return AuditFields.TryNumber(fields, "sequence", out sequence)
            && sequence > 0
            && DateTimeOffset.TryParseExact(fields.GetValueOrDefault("time"), "O", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTimeOffset time)
            && Enum.TryParse(fields.GetValueOrDefault("phase"), out AuditPhase phase)
            && fields.TryGetValue("operation", out string? operation)
            && fields.TryGetValue("request", out string? request)
                ? new AuditRecord
                {
                    RequestId = request,
                    Phase = phase,
                    Time = time,
                    Operation = operation,
                    Principal = fields.GetValueOrDefault("principal"),
                    SecretName = fields.GetValueOrDefault("secret"),
                    VersionId = fields.GetValueOrDefault("version"),
                    KeyId = fields.GetValueOrDefault("key"),
                    Outcome = Enum.TryParse(fields.GetValueOrDefault("outcome"), out AuditOutcome outcome) ? outcome : null,
                    Code = fields.GetValueOrDefault("code"),
                }
                : null;
    }

    private static void CheckText(string? text, string what)
    {
        if (text?.Length > MaxTextLength)
        {
            throw new ArgumentException($"The {what} has {text.Length} characters; at most {MaxTextLength} can be written.", nameof(text));
        }
    }

    private static void WriteOptional(Utf8JsonWriter writer, string name, string? text)
    {
        if (text is not null)
        {
            writer.WriteString(name, text);
        }
    }
}
