using System.Collections.Immutable;
using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Envelope;
using EmbeddedSecrets.Records;
using EmbeddedSecrets.Secrets;

namespace EmbeddedSecrets.Fuzz.Targets;

/// <summary>Records and wrapped keys: one secret has one form.</summary>
internal static class RecordTargets
{
    public static IEnumerable<FuzzTarget> All =>
    [
        new("record", Record, () => [("full", Encode(Sample())), ("small", Encode(Sample() with { Versions = [Sample().Versions[0]], Tags = Sample().Tags.Clear() }))], typeof(SecretStoreException)),
        new("wrapped-key", WrappedKey, () => [("key", SampleKey())], typeof(InvalidDataException), typeof(ArgumentException), typeof(ArgumentOutOfRangeException)),
    ];

    private static void Record(byte[] input)
    {
        Secret secret = RecordCodec.Decode("name", new UniqueId(0, 9), input);
        FuzzTarget.Require(Encode(secret).AsSpan().SequenceEqual(input), "A secret has one form.");
        _ = SecretInvariants.FindViolation(secret);
    }

    private static void WrappedKey(byte[] input)
    {
        var reader = new FieldReader(input);
        WrappedDataKey key = WrappedKeyCodec.Decode(ref reader);
        var writer = new FieldWriter(stackalloc byte[256]);
        WrappedKeyCodec.Encode(ref writer, key);
        FuzzTarget.Require(writer.Written.SequenceEqual(input.AsSpan(0, reader.Position)), "A wrapped key has one form.");
    }

    private static byte[] Encode(Secret secret)
    {
        var writer = new FieldWriter(stackalloc byte[1024]);
        RecordCodec.Encode(ref writer, secret);
        return writer.Written.ToArray();
    }

    private static byte[] SampleKey()
    {
        var writer = new FieldWriter(stackalloc byte[256]);
        WrappedKeyCodec.Encode(ref writer, new WrappedDataKey("default", 1, new byte[124]));
        return writer.Written.ToArray();
    }

    private static Secret Sample()
    {
        var time = new DateTimeOffset(2026, 11, 24, 10, 0, 0, TimeSpan.Zero);
        ImmutableSortedDictionary<string, string> pairs = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);
        return new Secret
        {
            Name = "name",
            Incarnation = new UniqueId(0, 9),
            RevisionNumber = 5,
            Description = "database é",
            EncryptionKeyId = "default",
            CreateTime = time,
            UpdateTime = time.AddHours(1),
            PlannedDeleteTime = time.AddDays(30),
            CreatedBy = "ops",
            Tags = pairs.Add("env", "prod").Add("team", ""),
            Annotations = pairs.Add("a", "b"),
            Versions =
            [
                new SecretVersion
                {
                    VersionId = "v1", Sequence = 1, CreateTime = time, Stages = ["ACSPrevious"], State = SecretVersionState.Destroyed,
                    ValueKind = SecretValueKind.Binary, Validity = SecretVersionValidity.Always, CreatedBy = "ops", Content = null,
                },
                new SecretVersion
                {
                    VersionId = "v2", Sequence = 3, CreateTime = time, Stages = ["ACSCurrent", "blue"], State = SecretVersionState.Enabled,
                    ValueKind = SecretValueKind.KeyValue, Validity = new SecretVersionValidity(time, time.AddDays(1), true), CreatedBy = null,
                    Content = new SealedContent(new UniqueId(0, 42), 100, new WrappedDataKey("default", 1, new byte[124])),
                },
            ],
            RetiredVersionIds = [new RetiredVersionId(0xfeedfacecafebeef, 2)],
            LastSequence = 3,
            LastChosenVersionId = 2,
        };
    }
}
