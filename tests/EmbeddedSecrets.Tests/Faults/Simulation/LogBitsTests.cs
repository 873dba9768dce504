using System.Globalization;
using EmbeddedSecrets.Files;
using EmbeddedSecrets.Repositories.Log;

namespace EmbeddedSecrets.Tests.Faults.Simulation;

/// <summary>Cuts a log at every byte and flips every bit of it: what was acknowledged is there, or the error names the place.</summary>
[TestFixture]
public sealed class LogBitsTests : SimulationTest
{
    private static readonly string LogFileName = LogName.Of(1);

    private byte[] _crashed = null!;
    private byte[] _closed = null!;
    private List<int> _frames = null!;
    private List<StoreModel> _states = null!;
    private StoreOracle _oracle = null!;

    /// <summary>A log without its reserved zeros: header, commits, and of the closed one the closing frame.</summary>
    [SetUp]
    public async Task WriteLogs()
    {
        var disk = new SimulatedDisk(Seed);
        _oracle = new StoreOracle();
        var store = new SimulatedStore(disk, _oracle, Seed);
        await store.OpenAsync();
        _states = [StoreModel.Empty];
        for (int i = 0; i < CommitCount; i++)
        {
            await store.CommitAllAsync(1);
            _states.Add(_oracle.Acknowledged!);
        }

        byte[] crashed = disk.Names[LogFileName].Durable.ToArray();
        await store.CloseAsync();
        byte[] closed = disk.Names[LogFileName].Durable.ToArray();
        _frames = FramesOf(closed);
        _frames.Should().HaveCount(CommitCount + 3, "header, commits, closing frame, and the end");
        _crashed = crashed[.._frames[^2]];
        _closed = closed[.._frames[^1]];
    }

    [Test]
    public async Task Cut_AnywhereInTheLastCommit_DropsAndReportsIt()
    {
        foreach (int cut in Sample(Enumerable.Range(_frames[^3] + 1, _frames[^2] - _frames[^3] - 1), 300))
        {
            await AtAsync($"cut at {cut}", () => DropsAsync(_crashed[..cut], _frames[^3], _states[^2]));
        }
    }

    [Test]
    public async Task Cut_BeforeTheFirstFrameIsWhole_IsCorrupt()
    {
        foreach (int cut in Sample(Enumerable.Range(0, _frames[1]), 100))
        {
            await AtAsync($"cut at {cut}", () => RefusesAsync(_crashed[..cut], SecretStoreErrorCodes.Corrupt, cut < LogFileHeader.Length ? 0 : LogFileHeader.Length));
        }
    }

    /// <summary>Without an anchor nobody can tell a tail that is missing as a whole: the store stands where it stood then.</summary>
    [Test]
    public async Task Cut_AtTheEndOfAFrame_IsTheStoreOfThen()
    {
        for (int i = 0; i < CommitCount; i++)
        {
            (RecoveryReport report, string shown) = await OpenAsync(_crashed[.._frames[i + 1]]);
            report.DroppedOffset.Should().BeNull();
            shown.Should().Be(_states[i].Describe());
        }
    }

    [Test]
    public async Task Flip_AnyBitBeforeTheLastCommit_IsCorruptAndNamesThePlace()
    {
        foreach (int bit in Sample(Enumerable.Range(LogFileHeader.Length * 8, (_frames[^3] - LogFileHeader.Length) * 8), 1000))
        {
            await AtAsync($"bit {bit}", () => RefusesAsync(Flip(_crashed, bit), SecretStoreErrorCodes.Corrupt, FrameAt(bit / 8)));
        }
    }

    [Test]
    public async Task Flip_AnyBitOfTheLastCommit_DropsAndReportsIt()
    {
        foreach (int bit in Sample(Enumerable.Range(_frames[^3] * 8, (_frames[^2] - _frames[^3]) * 8), 500))
        {
            await AtAsync($"bit {bit}", () => DropsAsync(Flip(_crashed, bit), _frames[^3], _states[^2]));
        }
    }

    [Test]
    public async Task Flip_AnyBitBeforeTheClosingFrame_IsCorruptAndNamesThePlace()
    {
        foreach (int bit in Sample(Enumerable.Range(LogFileHeader.Length * 8, (_frames[^2] - LogFileHeader.Length) * 8), 1000))
        {
            await AtAsync($"bit {bit}", () => RefusesAsync(Flip(_closed, bit), SecretStoreErrorCodes.Corrupt, FrameAt(bit / 8)));
        }
    }

    [Test]
    public async Task Flip_AnyBitOfTheClosingFrame_LosesNoCommit()
    {
        foreach (int bit in Sample(Enumerable.Range(_frames[^2] * 8, (_frames[^1] - _frames[^2]) * 8), 300))
        {
            await AtAsync($"bit {bit}", () => DropsAsync(Flip(_closed, bit), _frames[^2], _states[^1]));
        }
    }

    [Test]
    public async Task Flip_AnyBitOfTheFileHeader_IsCorrupt()
    {
        for (int bit = 0; bit < LogFileHeader.Length * 8; bit++)
        {
            await RefusesAsync(Flip(_closed, bit), SecretStoreErrorCodes.Corrupt, 0);
        }
    }

    private static List<int> FramesOf(byte[] log)
    {
        List<int> starts = [LogFileHeader.Length];
        while (FrameHeader.HasChecksum(log.AsSpan(starts[^1])) && FrameHeader.TryRead(log.AsSpan(starts[^1]), out FrameHeader header))
        {
            starts.Add(starts[^1] + header.FrameLength);
        }

        return starts;
    }

    private static byte[] Flip(byte[] log, int bit)
    {
        byte[] changed = [.. log];
        changed[bit / 8] ^= (byte)(1 << (bit % 8));
        return changed;
    }

    private int FrameAt(int position) => _frames.Last(start => start <= position);

    private async Task DropsAsync(byte[] log, int offset, StoreModel left)
    {
        (RecoveryReport report, string shown) = await OpenAsync(log);
        (report.DroppedOffset == offset && report.DroppedBytes > 0 && !report.WasClosed).Should().BeTrue("it is reported");
        shown.Should().Be(left.Describe());
    }

    /// <summary>Opens a log that the oracle of this history knows nothing of.</summary>
    private async Task<(RecoveryReport Report, string Shown)> OpenAsync(byte[] log)
    {
        var store = new SimulatedStore(DiskOf(log), _oracle, Seed);
        RecoveryReport report = await store.OpenUncheckedAsync();
        string shown = await store.ShowAsync();
        await store.CloseAsync();
        return (report, shown);
    }

    private async Task RefusesAsync(byte[] log, string code, int offset)
    {
        SimulatedDisk disk = DiskOf(log);
        var store = new SimulatedStore(disk, _oracle, Seed);
        try
        {
            await store.OpenUncheckedAsync();
            throw new LostWriteException("The damage was not found.");
        }
        catch (SecretStoreIntegrityException exception)
        {
            exception.Code.Should().Be(code);
            exception.Message.Should().Contain(string.Create(CultureInfo.InvariantCulture, $"at offset {offset}:"));
        }

        await store.CloseAsync();
        disk.Names[LogFileName].Seen.SequenceEqual(log).Should().BeTrue("a store that is refused is not changed");
    }

    private SimulatedDisk DiskOf(byte[] log) => new(Seed, [KeyValuePair.Create(LogFileName, log)]);
}
