using EmbeddedSecrets.Files;
using EmbeddedSecrets.Repositories.Log;

namespace EmbeddedSecrets.Tests.Faults.Simulation;

/// <summary>
/// Cuts a snapshot at every byte and flips every bit of it. What names and places things is refused when the store is
/// opened; a record or a value is not read then, and is found damaged when it is read.
/// </summary>
[TestFixture]
public sealed class SnapshotBitsTests : SimulationTest
{
    private const int Secrets = 5;
    private static readonly string LogFileName = LogName.Of(2);

    private byte[] _log = null!;
    private List<FrameHeader> _snapshot = null!;

    /// <summary>A snapshot with nothing behind it: its store was not closed.</summary>
    [SetUp]
    public async Task WriteSnapshot()
    {
        var disk = new SimulatedDisk(Seed);
        SecretStore store = Make(disk);
        for (int i = 0; i < Secrets; i++)
        {
            using SecretValue first = SecretValue.FromText("old");
            await store.CreateSecretAsync($"name-{i}", first);
            using SecretValue second = SecretValue.FromText(ValueOf(i));
            await store.PutSecretValueAsync($"name-{i}", second);
        }

        await store.Maintenance.CompactAsync();
        _log = disk.Names[LogFileName].Durable.ToArray();
        _snapshot = [];
        for (int offset = LogFileHeader.Length; offset < _log.Length; offset += _snapshot[^1].FrameLength)
        {
            FrameHeader.TryRead(_log.AsSpan(offset), out FrameHeader header).Should().BeTrue();
            _snapshot.Add(header);
        }

        _snapshot.Select(static header => header.Kind).Should().Equal(FrameKind.Snapshot, FrameKind.Snapshot, FrameKind.SnapshotEnd);
    }

    [Test]
    public async Task Cut_Anywhere_IsCorrupt()
    {
        foreach (int cut in Sample(Enumerable.Range(0, _log.Length), 150))
        {
            await AtAsync($"cut at {cut}", () => RefusesAsync(_log[..cut]));
        }
    }

    [Test]
    public async Task Flip_AnyBitOutsideTheBody_IsRefused()
    {
        IEnumerable<int> bytes = Enumerable.Range(0, _log.Length).Except(Bodies());
        foreach (int bit in Sample(bytes.SelectMany(static position => Enumerable.Range(position * 8, 8)), 300, wantedWhenFull: 5000))
        {
            await AtAsync($"bit {bit}", () => RefusesAsync(Flip(bit)));
        }
    }

    [Test]
    public async Task Flip_AnyBitOfTheBody_IsFoundWhenItIsRead()
    {
        int found = 0;
        int[] bits = Sample(Bodies().SelectMany(static position => Enumerable.Range(position * 8, 8)), 150, wantedWhenFull: 3000);
        foreach (int bit in bits)
        {
            await AtAsync($"bit {bit}", async () => found += await ReadAllAsync(Flip(bit)));
        }

        // A bit of an old version harms no current value: that is less than half of the body.
        found.Should().BeGreaterThan(bits.Length / 2).And.BeLessThanOrEqualTo(bits.Length, "a bit harms one secret");
    }

    /// <summary>Where the bodies of the chunks stand, and the zeros behind them, which no opening reads.</summary>
    private IEnumerable<int> Bodies() => _snapshot.Where(static header => header.Kind == FrameKind.Snapshot)
        .SelectMany(static header => Enumerable.Range((int)header.Offset + header.BodyStart, header.FrameLength - header.BodyStart));

    private static string ValueOf(int secret) => $"the value of secret {secret}";

    private static SecretStore Make(SimulatedDisk disk) => SecretStore.WithRing(
        new FileSecretRepository(SimulatedDisk.Location, StillClock(), disk.OpenDirectory, compactsByItself: false), RootKey.FromBytes(Enumerable.Repeat((byte)7, 32).ToArray()), null, StillClock());

    private SimulatedDisk DiskOf(byte[] log) => new(Seed, [KeyValuePair.Create(LogFileName, log)]);

    private byte[] Flip(int bit)
    {
        byte[] changed = [.. _log];
        changed[bit / 8] ^= (byte)(1 << (bit % 8));
        return changed;
    }

    private async Task RefusesAsync(byte[] log)
    {
        SimulatedDisk disk = DiskOf(log);
        await using SecretStore store = Make(disk);
        try
        {
            await store.DescribeSecretAsync("name-0");
            throw new LostWriteException("The damage was not found.");
        }
        catch (SecretStoreIntegrityException exception)
        {
            exception.Code.Should().BeOneOf(SecretStoreErrorCodes.Corrupt, SecretStoreErrorCodes.Tampered);
        }

        disk.Names[LogFileName].Seen.SequenceEqual(log).Should().BeTrue("a store that is refused is not changed");
    }

    /// <summary>Every value is what was put, or is refused. Returns how many were refused.</summary>
    private async Task<int> ReadAllAsync(byte[] log)
    {
        await using SecretStore store = Make(DiskOf(log));
        int refused = 0;
        for (int i = 0; i < Secrets; i++)
        {
            try
            {
                using SecretValueResult result = await store.GetSecretValueAsync($"name-{i}");
                result.Value.RevealText().Should().Be(ValueOf(i));
            }
            catch (SecretStoreIntegrityException exception)
            {
                exception.Code.Should().BeOneOf(SecretStoreErrorCodes.Corrupt, SecretStoreErrorCodes.Tampered);
                refused++;
            }
        }

        return refused;
    }

    /// <summary>A store that nobody closes, as after a power cut, is not kept alive by the system's timers.</summary>
    private static SecretStoreOptions StillClock() => new() { TimeProvider = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(DateTimeOffset.UnixEpoch) };
}
