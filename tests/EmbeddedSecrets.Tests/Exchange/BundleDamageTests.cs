using System.Buffers.Binary;
using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Exchange;
using EmbeddedSecrets.Secrets;

namespace EmbeddedSecrets.Tests.Exchange;

[TestFixture]
public sealed class BundleDamageTests
{
    private static readonly bool Full = Environment.GetEnvironmentVariable("EMBEDDEDSECRETS_FULL_TESTS") == "1";

    private static readonly string[] Refusals =
        [SecretStoreErrorCodes.Corrupt, SecretStoreErrorCodes.Tampered, SecretStoreErrorCodes.WrongKey, SecretStoreErrorCodes.UnsupportedFormat];

    private SecretStore _target = null!;
    private byte[] _bundle = null!;

    [SetUp]
    public async Task ExportAsync()
    {
        _target = SecretStore.CreateInMemory();
        await using SecretStore source = SecretStore.CreateInMemory();
        await source.CreateTextAsync("a", "value a");
        await source.CreateTextAsync("b", "value b");
        await source.PutTextAsync("b", "value c");
        _bundle = await source.ExportAsync();
    }

    [TearDown]
    public async Task CloseAsync() => await _target.DisposeAsync();

    [Test]
    public async Task Import_AnyByteFlipped_IsRefusedAndNothingWritten()
    {
        int seed = Environment.TickCount;
        TestContext.Out.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (int i = 0; i < _bundle.Length; i += Full ? 1 : random.Next(1, 8))
        {
            byte[] damaged = [.. _bundle];
            damaged[i] ^= (byte)(1 << random.Next(8));
            await RefusedAsync(damaged, Refusals);
        }
    }

    [Test]
    public async Task Import_CutAnywhere_IsCorrupt()
    {
        for (int length = 0; length < _bundle.Length; length += Full ? 1 : 5)
        {
            await RefusedAsync(_bundle[..length], SecretStoreErrorCodes.Corrupt);
        }
    }

    [Test]
    public async Task Import_BytesAfterTheEnd_IsCorrupt() => await RefusedAsync([.. _bundle, 0], SecretStoreErrorCodes.Corrupt);

    [Test]
    public async Task Import_FramesSwappedRepeatedOrLeftOut_IsTampered()
    {
        List<(int Offset, int Length)> frames = Bundles.Frames(_bundle);
        frames.Should().HaveCount(6);
        byte[][] parts = [.. frames.Select(frame => _bundle.AsSpan(frame.Offset, frame.Length).ToArray())];
        byte[] head = _bundle[..frames[0].Offset];
        foreach (int[] order in new int[][] { [0, 1, 2, 4, 3, 5], [2, 3, 4, 0, 1, 5], [0, 1, 5], [5], [2, 3, 4, 5], [0, 1, 0, 1, 2, 3, 4, 5], [0, 3, 2, 1, 4, 5], [0, 1, 2, 3, 5], [0, 1, 4, 2, 3, 5] })
        {
            await RefusedAsync([.. head, .. order.SelectMany(i => parts[i])], SecretStoreErrorCodes.Tampered);
        }
    }

    [Test]
    public async Task Import_AFrameOfAnotherBundle_IsTampered()
    {
        byte[] other = await ExportAgainAsync();
        (int offset, int length) = Bundles.Frames(_bundle)[1];
        other.AsSpan(offset, length).CopyTo(_bundle.AsSpan(offset));

        await RefusedAsync(_bundle, SecretStoreErrorCodes.Tampered);
    }

    [Test]
    public async Task Import_ACiphertextChangedWithItsChecksum_IsTampered()
    {
        foreach ((int offset, int length) in Bundles.Frames(_bundle))
        {
            byte[] changed = [.. _bundle];
            changed[offset + (length / 2)] ^= 1;
            BinaryPrimitives.WriteUInt32LittleEndian(changed.AsSpan(offset + length - 4), Checksum.Of(changed.AsSpan(offset, length - 4)));
            await RefusedAsync(changed, SecretStoreErrorCodes.Tampered);
        }
    }

    [Test]
    public async Task Import_ALengthWithoutEnd_IsRefusedBeforeItIsAllocated()
    {
        BinaryPrimitives.WriteUInt32LittleEndian(_bundle.AsSpan(Bundles.Frames(_bundle)[0].Offset + 1), uint.MaxValue);

        await RefusedAsync(_bundle, SecretStoreErrorCodes.Corrupt);
    }

    [Test]
    public async Task Import_FromAForwardOnlyStreamCutAtTheEnd_KeepsWhatCameBefore()
    {
        using var source = new BrokenStream(_bundle[..Bundles.Frames(_bundle)[5].Offset]);

        (await StoreExtensions.CodeOfAsync(() => _target.Maintenance.ImportAsync(source, Bundles.Key))).Should().Be(SecretStoreErrorCodes.Corrupt);

        (await _target.ReadTextAsync("b")).Should().Be("value c");
    }

    private static IEnumerable<TestCaseData> HostileSecrets()
    {
        Secret good = Good();
        SecretVersion version = good.Versions[0];
        yield return Case("name", good with { Name = "not a name" });
        yield return Case("description", good with { Description = new string('d', 9_000) });
        yield return Case("key of the store", good with { EncryptionKeyId = EncryptionKeys.Store });
        yield return Case("tag", good with { Tags = good.Tags.Add("acs:tag", "value") });
        yield return Case("version id", With(version with { VersionId = "not an id" }));
        yield return Case("stage", With(version with { Stages = ["ACSCurrent", "no stage"] }));
        yield return Case("no current", With(version with { Stages = ["other"] }));
        yield return Case("current disabled", With(version with { State = SecretVersionState.Disabled }));
        yield return Case("sequence", good with { LastSequence = 0 });
        yield return Case("counter", good with { LastSequence = long.MaxValue });
        yield return Case("twice", good with { Versions = [version, version with { Sequence = 2, Stages = [] }], LastSequence = 2 });
        yield return Case("none", good with { Versions = [] });
        yield return Case("eleven", good with { Versions = [version, .. Enumerable.Range(2, 10).Select(Another)], LastSequence = 11 });
        yield return Case("stage twice", good with { Versions = [version, Another(2) with { Stages = ["ACSCurrent"] }], LastSequence = 2 });
        yield return Case("stage repeated", With(version with { Stages = ["ACSCurrent", "ACSCurrent"] }));
        yield return Case("long name", good with { Name = new string('n', 1_000) });
        yield return Case("empty name", good with { Name = string.Empty });

        SecretVersion Another(int number) => version with { VersionId = $"v{number}", Sequence = number, Stages = [] };

        Secret With(SecretVersion only) => good with { Versions = [only] };

        static TestCaseData Case(string what, Secret secret) => new TestCaseData(secret).SetArgDisplayNames(what);
    }

    [TestCaseSource(nameof(HostileSecrets))]
    public async Task Import_OfASecretThatBreaksARule_IsCorrupt(object secret)
    {
        byte[] bundle = await WriteAsync((Secret)secret, (Secret)secret is { Versions.Length: var count } ? count : 0, "value"u8.ToArray());

        await RefusedAsync(bundle, SecretStoreErrorCodes.Corrupt);
    }

    [Test]
    public async Task Import_OfATimeOutOfRange_IsCorrupt([Values(-1L, long.MinValue, long.MaxValue)] long ticks)
    {
        byte[] bundle = await WriteAsync(Good(), 1, "value"u8.ToArray());
        byte[] time = BitConverter.GetBytes(DateTimeOffset.UnixEpoch.Ticks);

        await RefusedAsync(await Bundles.RewriteAsync(bundle, 0, record => BinaryPrimitives.WriteInt64LittleEndian(record.AsSpan(record.AsSpan().IndexOf(time)), ticks)), SecretStoreErrorCodes.Corrupt);
        await RefusedAsync(await Bundles.RewriteAsync(bundle, 0, record => BinaryPrimitives.WriteInt64LittleEndian(record.AsSpan(record.AsSpan().LastIndexOf(time)), ticks)), SecretStoreErrorCodes.Corrupt);
    }

    [Test]
    public async Task Import_OfARecordSealedAgainUnchanged_Works()
    {
        byte[] bundle = await WriteAsync(Good(), 1, "value"u8.ToArray());

        await _target.ImportAsync(await Bundles.RewriteAsync(bundle, 0, static _ => { }));

        (await _target.ReadTextAsync("name")).Should().Be("value");
    }

    [Test]
    public async Task Import_OfAValueThatIsNotOfItsKind_IsCorrupt() => await RefusedAsync(await WriteAsync(Good(), 1, [0xff]), SecretStoreErrorCodes.Corrupt);

    [Test]
    public async Task Import_OfAGoodSecretWrittenInTheSameWay_Works()
    {
        await _target.ImportAsync(await WriteAsync(Good(), 1, "value"u8.ToArray()));

        (await _target.ReadTextAsync("name")).Should().Be("value");
    }

    private static async Task<byte[]> ExportAgainAsync()
    {
        await using SecretStore source = SecretStore.CreateInMemory();
        await source.CreateTextAsync("a", "value a");
        return await source.ExportAsync();
    }

    private static Secret Good() => new()
    {
        Name = "name",
        Incarnation = new UniqueId(0, 1),
        RevisionNumber = 1,
        Description = string.Empty,
        EncryptionKeyId = EncryptionKeys.Default,
        CreateTime = DateTimeOffset.UnixEpoch,
        UpdateTime = DateTimeOffset.UnixEpoch,
        PlannedDeleteTime = null,
        CreatedBy = null,
        Tags = TransitionRules.NoPairs,
        Annotations = TransitionRules.NoPairs,
        Versions =
        [
            new SecretVersion
            {
                VersionId = "v1",
                Sequence = 1,
                CreateTime = DateTimeOffset.UnixEpoch,
                Stages = ["ACSCurrent"],
                State = SecretVersionState.Enabled,
                ValueKind = SecretValueKind.Text,
                Validity = SecretVersionValidity.Always,
                CreatedBy = null,
            },
        ],
        RetiredVersionIds = [],
        LastSequence = 1,
        LastChosenVersionId = 1,
    };

    /// <summary>What somebody can make who has the key.</summary>
    private static async Task<byte[]> WriteAsync(Secret secret, int values, byte[] value)
    {
        using var stream = new MemoryStream();
        using BundleWriter writer = await BundleWriter.BeginAsync(stream, Bundles.Key, default);
        using var bundled = new BundledSecret(secret, [.. Enumerable.Range(0, values).Select(_ => SecretValue.FromBinary(value))]);
        await writer.WriteAsync(bundled, default);
        await writer.EndAsync(default);
        return stream.ToArray();
    }

    private async Task RefusedAsync(byte[] bundle, params string[] codes)
    {
        (await StoreExtensions.CodeOfAsync(async () => await _target.ImportAsync(bundle))).Should().BeOneOf(codes);
        (await _target.ContentsAsync()).Should().BeEmpty();
    }
}
