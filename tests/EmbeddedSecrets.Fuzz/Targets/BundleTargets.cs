using System.Buffers.Binary;
using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Exchange;
using EmbeddedSecrets.Secrets;

namespace EmbeddedSecrets.Fuzz.Targets;

/// <summary>An export bundle.</summary>
internal static class BundleTargets
{
    private const byte Repaired = 1;
    private const byte Record = 2;
    private const int KindAt = 8 + sizeof(uint) + 16;

    private static readonly IRootKey Key = RootKey.FromBytes(Enumerable.Repeat((byte)7, 32).ToArray());

    public static IEnumerable<FuzzTarget> All => [new("bundle", Bundle, Seeds, typeof(SecretStoreException))];

    /// <summary>The first byte: 0 a bundle, 1 one whose checksums are made right, 2 a record as it is before it is sealed.</summary>
    private static void Bundle(byte[] input)
    {
        byte[] bytes = input.Length == 0 ? [] : input[1..];
        switch (input)
        {
            case [Record, ..]:
                Decode(bytes);
                break;
            case [Repaired, ..]:
                Repair(bytes);
                ReadAll(bytes);
                break;
            default:
                ReadAll(bytes);
                break;
        }
    }

    private static void ReadAll(byte[] bytes)
    {
        using BundleReader reader = BundleReader.BeginAsync(new MemoryStream(bytes), Key, default).AsTask().GetAwaiter().GetResult();
        while (reader.ReadAsync(default).AsTask().GetAwaiter().GetResult() is { } bundled)
        {
            using (bundled)
            {
                FuzzTarget.Require(BundledSecretCodec.FindViolation(bundled.Secret, bundled.Policy) is null, "What is read satisfies every rule.");
            }
        }
    }

    private static void Decode(byte[] bytes)
    {
        (Secret secret, string? policy) = BundledSecretCodec.Decode(bytes, 0);
        var writer = new FieldWriter(stackalloc byte[256]);
        try
        {
            BundledSecretCodec.Encode(ref writer, secret, policy);
            FuzzTarget.Require(writer.Written.SequenceEqual(bytes), "A record that is read is written the same.");
        }
        finally
        {
            writer.Dispose();
        }
    }

    private static void Repair(byte[] bytes)
    {
        int at = KindAt;
        for (int field = 0; field < 2; field++)
        {
            if (bytes.Length < at + sizeof(ushort))
            {
                return;
            }

            at += sizeof(ushort) + BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(at));
        }

        if (!TryWriteChecksum(bytes, 0, at))
        {
            return;
        }

        at += sizeof(uint);
        while (bytes.Length - at >= BundleFormat.FrameOverhead)
        {
            long end = at + BundleFormat.FrameHead + (long)BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at + 1));
            if (end > bytes.Length || !TryWriteChecksum(bytes, at, (int)end))
            {
                return;
            }

            at = (int)end + sizeof(uint);
        }
    }

    private static bool TryWriteChecksum(byte[] bytes, int start, int end)
    {
        bool hasRoom = bytes.Length - end >= sizeof(uint);
        if (hasRoom)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(end), Checksum.Of(bytes.AsSpan(start, end - start)));
        }

        return hasRoom;
    }

    private static IEnumerable<(string Name, byte[] Bytes)> Seeds()
    {
        byte[] whole = Export();
        byte[] record = RecordOf(whole);
        return [("whole", [0, .. whole]), ("checksums", [Repaired, .. whole]), ("cut", [Repaired, .. whole[..^30]]), ("record", [Record, .. record])];
    }

    private static byte[] Export()
    {
        using var store = SecretStore.CreateInMemory();
        using SecretValue value = SecretValue.FromText("value");
        store.CreateSecretAsync("db/password", value, new CreateSecretOptions
        {
            Description = "described",
            CreatedBy = "somebody",
            Tags = new Dictionary<string, string> { ["team"] = "blue" },
            Validity = new SecretVersionValidity(expiresAt: DateTimeOffset.UnixEpoch.AddYears(200)),
            Policy = """{"Version":"1","Statement":[]}""",
        }).AsTask().GetAwaiter().GetResult();
        store.PutSecretValueAsync("db/password", value).AsTask().GetAwaiter().GetResult();
        using var bundle = new MemoryStream();
        store.Maintenance.ExportAsync(bundle, Key).AsTask().GetAwaiter().GetResult();
        return bundle.ToArray();
    }

    private static byte[] RecordOf(byte[] bundle)
    {
        using BundleReader reader = BundleReader.BeginAsync(new MemoryStream(bundle), Key, default).AsTask().GetAwaiter().GetResult();
        using BundledSecret bundled = reader.ReadAsync(default).AsTask().GetAwaiter().GetResult()!;
        var writer = new FieldWriter(stackalloc byte[256]);
        try
        {
            BundledSecretCodec.Encode(ref writer, bundled.Secret, bundled.Policy);
            return writer.Written.ToArray();
        }
        finally
        {
            writer.Dispose();
        }
    }
}
