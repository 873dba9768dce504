using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Envelope;
using EmbeddedSecrets.Errors;
using EmbeddedSecrets.Secrets;

namespace EmbeddedSecrets.Records;

/// <summary>
/// The bytes of a record before it is sealed. Name and incarnation are not in them: the reader brings them, and they are in
/// the associated data.
/// </summary>
/// <remarks>
/// <code>
/// u8 version (1) | i64 revision number | text description | text key id | i64 created | i64 updated
/// | u8 flag [ i64 planned deletion ] | u8 flag [ text created by ]
/// | u16 count, (text key | text value) tags | the same for annotations
/// | u8 count, versions (VersionCodec) | u8 count, (u64 hash | i64 sequence) retired ids
/// | i64 last sequence | i64 last chosen version id
/// | u8 kind of the last change | u8 flag [ text version id of it ] | i64 repository revision of it
/// | u8 flag [ policy: payload id 16 | u32 payload length | SHA-256 of the payload 32 ] | u32 day of the last access, 0 for none
/// </code>
/// A text is u16 length | UTF-8; a time is UTC ticks; numbers are little-endian. Keys of tags and annotations, stages and
/// sequences ascend, so that one secret has one form.
/// </remarks>
internal static class RecordCodec
{
    /// <summary>Enough for most records.</summary>
    public const int UsualLength = 8192;

    private const byte Version = 1;

    public static void Encode(ref FieldWriter writer, Secret secret)
    {
        writer.Byte(Version);
        writer.Int64(secret.RevisionNumber);
        writer.Text(secret.Description);
        writer.Text(secret.EncryptionKeyId);
        writer.Int64(secret.CreateTime.UtcTicks);
        writer.Int64(secret.UpdateTime.UtcTicks);
        writer.OptionalTime(secret.PlannedDeleteTime);
        writer.OptionalText(secret.CreatedBy);
        EncodePairs(ref writer, secret.Tags);
        EncodePairs(ref writer, secret.Annotations);
        writer.Byte(checked((byte)secret.Versions.Length));
        foreach (SecretVersion version in secret.Versions)
        {
            VersionCodec.Encode(ref writer, version);
        }

        writer.Byte(checked((byte)secret.RetiredVersionIds.Length));
        foreach (RetiredVersionId retired in secret.RetiredVersionIds)
        {
            writer.UInt64(retired.Hash);
            writer.Int64(retired.Sequence);
        }

        writer.Int64(secret.LastSequence);
        writer.Int64(secret.LastChosenVersionId);
        writer.Byte((byte)secret.LastChange.Kind);
        writer.OptionalText(secret.LastChange.VersionId);
        writer.Int64(secret.LastChange.Revision);
        writer.Byte(secret.Policy is null ? (byte)0 : (byte)1);
        if (secret.Policy is { } policy)
        {
            writer.Id(policy.PayloadId);
            writer.UInt32(policy.PayloadLength);
            writer.Bytes(policy.Hash.AsSpan());
        }

        writer.UInt32(secret.LastAccessDay);
    }

    /// <summary>Any bytes: what does not decode is Tampered, since it was authentic; a newer version is UnsupportedFormat.</summary>
    public static Secret Decode(string name, UniqueId incarnation, ReadOnlySpan<byte> record)
    {
        var reader = new FieldReader(record);
        try
        {
            byte version = reader.Byte();
            if (version != Version)
            {
                throw KeyFailures.UnsupportedFormat("record of a secret", version);
            }

            Secret secret = DecodeBody(ref reader, name, incarnation);
            reader.End();
            return secret;
        }
        catch (Exception exception) when (exception is InvalidDataException or ArgumentException)
        {
            throw KeyFailures.Tampered();
        }
    }

    private static Secret DecodeBody(ref FieldReader reader, string name, UniqueId incarnation) => new()
    {
        Name = name,
        Incarnation = incarnation,
        RevisionNumber = reader.Count(),
        Description = reader.Text(),
        EncryptionKeyId = reader.SharedText(),
        CreateTime = reader.Time(),
        UpdateTime = reader.Time(),
        PlannedDeleteTime = reader.OptionalTime(),
        CreatedBy = reader.OptionalText(),
        Tags = DecodePairs(ref reader),
        Annotations = DecodePairs(ref reader),
        Versions = DecodeVersions(ref reader),
        RetiredVersionIds = DecodeRetired(ref reader),
        LastSequence = reader.Count(),
        LastChosenVersionId = reader.Count(),
        LastChange = new LastChange(DecodeKind(reader.Byte()), reader.OptionalText(), reader.Count()),
        Policy = reader.Flag() ? DecodePolicy(ref reader) : null,
        LastAccessDay = DecodeDay(reader.UInt32()),
    };

    private static PolicyReference DecodePolicy(ref FieldReader reader)
    {
        UniqueId payloadId = reader.Id();
        int length = reader.UInt32();
        return length is > DerivedCipher.CommittedOverhead and <= PolicyReference.MaxPayloadLength
            ? new PolicyReference(payloadId, length, [.. reader.Bytes(SHA256.HashSizeInBytes)])
            : throw new InvalidDataException("A policy has an impossible length.");
    }

    private static int DecodeDay(int day) =>
        day <= DateOnly.MaxValue.DayNumber ? day : throw new InvalidDataException("A day is out of range.");

    private static SecretChangeKind DecodeKind(byte kind) =>
        kind <= (byte)SecretChangeKind.PolicySet && kind != (byte)SecretChangeKind.Deleted ? (SecretChangeKind)kind : throw new InvalidDataException("There is no such change.");

    public static void EncodePairs(ref FieldWriter writer, ImmutableSortedDictionary<string, string> pairs)
    {
        writer.UInt16(pairs.Count);
        foreach ((string key, string value) in pairs)
        {
            writer.Text(key);
            writer.Text(value);
        }
    }

    public static ImmutableSortedDictionary<string, string> DecodePairs(ref FieldReader reader)
    {
        int count = reader.UInt16();
        if (count == 0)
        {
            return TransitionRules.NoPairs;
        }

        ImmutableSortedDictionary<string, string>.Builder pairs = TransitionRules.NoPairs.ToBuilder();
        string? last = null;
        for (int left = count; left > 0; left--)
        {
            string key = reader.Text();
            FieldReader.RequireAscending(last, key);
            pairs.Add(key, reader.Text());
            last = key;
        }

        return pairs.ToImmutable();
    }

    public static ImmutableArray<SecretVersion> DecodeVersions(ref FieldReader reader)
    {
        // A count of one byte: at most 255 references are allocated before the bytes are looked at.
        var versions = new SecretVersion[reader.Byte()];
        long last = 0;
        for (int i = 0; i < versions.Length; i++)
        {
            versions[i] = VersionCodec.Decode(ref reader);
            if (versions[i].Sequence <= last)
            {
                throw new InvalidDataException("Versions are out of order.");
            }

            last = versions[i].Sequence;
        }

        return ImmutableCollectionsMarshal.AsImmutableArray(versions);
    }

    private static RetiredVersionId[] DecodeRetired(ref FieldReader reader)
    {
        int count = reader.Byte();
        if (count == 0)
        {
            return [];
        }

        var retired = new RetiredVersionId[count];
        for (int i = 0; i < retired.Length; i++)
        {
            retired[i] = new RetiredVersionId(reader.UInt64(), reader.Count());
        }

        return retired;
    }
}
