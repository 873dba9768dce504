using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Errors;
using EmbeddedSecrets.Policies;
using EmbeddedSecrets.Records;
using EmbeddedSecrets.Secrets;

namespace EmbeddedSecrets.Exchange;

/// <summary>The bytes of a secret's record in a bundle, before it is sealed.</summary>
/// <remarks>
/// <code>
/// u8 version (1) | u8 optional parts that follow at the end, one bit each: 1 the policy
/// | text name | text description | text key id | i64 created | u8 flag [ text created by ]
/// | u16 count, (text key | text value) tags | the same for annotations
/// | u8 count, versions (VersionCodec, without contents) | i64 last sequence | i64 last chosen version id
/// | [ text policy ]
/// </code>
/// </remarks>
internal static class BundledSecretCodec
{
    private const byte Version = 1;
    private const byte PolicyPart = 1;
    private const byte KnownParts = PolicyPart;

    public static void Encode(ref FieldWriter writer, Secret secret, string? policy)
    {
        writer.Byte(Version);
        writer.Byte(policy is null ? (byte)0 : PolicyPart);
        writer.Text(secret.Name);
        writer.Text(secret.Description);
        writer.Text(secret.EncryptionKeyId);
        writer.Int64(secret.CreateTime.UtcTicks);
        writer.OptionalText(secret.CreatedBy);
        RecordCodec.EncodePairs(ref writer, secret.Tags);
        RecordCodec.EncodePairs(ref writer, secret.Annotations);
        writer.Byte(checked((byte)secret.Versions.Length));
        foreach (SecretVersion version in secret.Versions)
        {
            VersionCodec.Encode(ref writer, version with { Content = null });
        }

        writer.Int64(secret.LastSequence);
        writer.Int64(secret.LastChosenVersionId);
        if (policy is not null)
        {
            writer.Text(policy);
        }
    }

    /// <summary>Any bytes: a secret that satisfies every rule, with an incarnation of its own, or a failure.</summary>
    public static (Secret Secret, string? Policy) Decode(ReadOnlySpan<byte> record, long frame)
    {
        Secret secret;
        string? policy;
        try
        {
            var reader = new FieldReader(record);
            byte version = reader.Byte();
            byte parts = version == Version ? reader.Byte() : (byte)0;
            if (version != Version || (parts & ~KnownParts) != 0)
            {
                throw BundleFailures.UnsupportedFormat(version);
            }

            secret = DecodeBody(ref reader);
            policy = (parts & PolicyPart) != 0 ? reader.Text() : null;
            reader.End();
        }
        catch (Exception exception) when (exception is InvalidDataException or ArgumentException)
        {
            throw BundleFailures.BrokenRule(frame, "its bytes are malformed.");
        }

        string? violation = secret.Versions.Any(static version => version.Content is not null)
            ? "it refers to contents of a store."
            : FindViolation(secret, policy);
        return violation is null ? (secret, policy) : throw BundleFailures.BrokenRule(frame, violation);
    }

    /// <summary>What is broken, in words, or null: a bundle may have been made by anybody who has its key.</summary>
    public static string? FindViolation(Secret secret, string? policy)
    {
        try
        {
            _ = policy is null ? null : SecretPolicy.Parse(policy);
            return SecretImporting.FindViolation(secret);
        }
        catch (ArgumentException exception)
        {
            return exception.Message;
        }
    }

    private static Secret DecodeBody(ref FieldReader reader) => new()
    {
        Name = reader.Text(),
        Incarnation = PublicRandom.NextId(),
        RevisionNumber = 1,
        Description = reader.Text(),
        EncryptionKeyId = reader.Text(),
        CreateTime = reader.Time(),
        UpdateTime = default,
        PlannedDeleteTime = null,
        CreatedBy = reader.OptionalText(),
        Tags = RecordCodec.DecodePairs(ref reader),
        Annotations = RecordCodec.DecodePairs(ref reader),
        Versions = RecordCodec.DecodeVersions(ref reader),
        RetiredVersionIds = [],
        LastSequence = reader.Count(),
        LastChosenVersionId = reader.Count(),
    };
}
