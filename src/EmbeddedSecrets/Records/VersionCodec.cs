using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Envelope;
using EmbeddedSecrets.Secrets;

namespace EmbeddedSecrets.Records;

/// <summary>The bytes of one version inside a record.</summary>
/// <remarks>
/// <code>
/// text version id | i64 sequence | i64 created | u8 count, texts stages | u8 state | u8 kind
/// | u8 flag [ i64 not before ] | u8 flag [ i64 expires ] | u8 advisory | u8 flag [ text created by ]
/// | u8 flag [ payload id 16 | u32 payload length | text key id | i64 generation | u16 length + wrapped data key ]
/// </code>
/// States and kinds have numbers of their own here, so that the enumerations may be reordered.
/// </remarks>
internal static class VersionCodec
{
    private static readonly SecretVersionState[] States = [SecretVersionState.Enabled, SecretVersionState.Disabled, SecretVersionState.Destroyed];
    private static readonly SecretValueKind[] Kinds = [SecretValueKind.Text, SecretValueKind.Binary, SecretValueKind.KeyValue];

    public static void Encode(ref FieldWriter writer, SecretVersion version)
    {
        writer.Text(version.VersionId);
        writer.Int64(version.Sequence);
        writer.Int64(version.CreateTime.UtcTicks);
        writer.Byte(checked((byte)version.Stages.Count));
        for (int i = 0; i < version.Stages.Count; i++)
        {
            writer.Text(version.Stages[i]);
        }

        writer.Byte(checked((byte)Array.IndexOf(States, version.State)));
        writer.Byte(checked((byte)Array.IndexOf(Kinds, version.ValueKind)));
        writer.OptionalTime(version.Validity.NotBefore);
        writer.OptionalTime(version.Validity.ExpiresAt);
        writer.Byte(version.Validity.IsAdvisory ? (byte)1 : (byte)0);
        writer.OptionalText(version.CreatedBy);
        writer.Byte(version.Content is null ? (byte)0 : (byte)1);
        if (version.Content is { } content)
        {
            writer.Id(content.PayloadId);
            writer.UInt32(content.PayloadLength);
            WrappedKeyCodec.Encode(ref writer, content.DataKey);
        }
    }

    public static SecretVersion Decode(ref FieldReader reader) => new()
    {
        VersionId = reader.SharedText(),
        Sequence = reader.Count(),
        CreateTime = reader.Time(),
        Stages = DecodeStages(ref reader),
        State = Pick(States, reader.Byte()),
        ValueKind = Pick(Kinds, reader.Byte()),
        Validity = DecodeValidity(ref reader),
        CreatedBy = reader.OptionalText(),
        Content = reader.Flag() ? DecodeContent(ref reader) : null,
    };

    private static IReadOnlyList<string> DecodeStages(ref FieldReader reader)
    {
        // A count of one byte: at most 255 references are allocated before the bytes are looked at.
        string[] stages = new string[reader.Byte()];
        for (int i = 0; i < stages.Length; i++)
        {
            stages[i] = reader.SharedText();
            FieldReader.RequireAscending(i == 0 ? null : stages[i - 1], stages[i]);
        }

        return VersionStages.ListOf(stages);
    }

    private static SecretVersionValidity DecodeValidity(ref FieldReader reader)
    {
        DateTimeOffset? notBefore = reader.OptionalTime();
        DateTimeOffset? expiresAt = reader.OptionalTime();
        bool isAdvisory = reader.Flag();
        return notBefore is null && expiresAt is null && !isAdvisory
            ? SecretVersionValidity.Always
            : new SecretVersionValidity(notBefore, expiresAt, isAdvisory);
    }

    private static SealedContent DecodeContent(ref FieldReader reader)
    {
        UniqueId payloadId = reader.Id();
        int length = reader.UInt32();
        return length is > ValueEnvelope.Overhead and <= ValueEnvelope.Overhead + SecretValue.MaxBytes
            ? new SealedContent(payloadId, length, WrappedKeyCodec.Decode(ref reader))
            : throw new InvalidDataException("A payload has an impossible length.");
    }

    private static T Pick<T>(T[] known, byte number) =>
        number < known.Length ? known[number] : throw new InvalidDataException("A number stands for nothing known.");
}
