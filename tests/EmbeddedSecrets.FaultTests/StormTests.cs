using System.Diagnostics;
using System.Threading.Channels;

namespace EmbeddedSecrets.FaultTests;

/// <summary>Many processes read, write and compact one store while some of them are killed (DESIGN F6, F7).</summary>
[TestFixture]
public sealed class StormTests
{
    private const int Processes = 8;

    private string _root = null!;

    [SetUp]
    public void CreateDirectory() => _root = Directory.CreateTempSubdirectory("embedded-secrets-").FullName;

    [TearDown]
    public void DeleteDirectory() => Directory.Delete(_root, recursive: true);

    [Test]
    public async Task Put_ManyProcessesAndSomeKilled_LosesNothingAndReadsNothingOld()
    {
        Random random = Needs.SeededRandom();
        TimeSpan length = TimeSpan.FromSeconds(Needs.FullSweeps ? 60 : 8);
        await using var storm = new Storm(Path.Combine(_root, "store"), Path.Combine(_root, "root.key"), StormChild.Names);
        await storm.CreateStoreAsync();
        var acknowledged = Channel.CreateBounded<(string Name, long Revision)>(new BoundedChannelOptions(16) { FullMode = BoundedChannelFullMode.DropNewest });
        storm.History.Acknowledging = (name, revision) => acknowledged.Writer.TryWrite((name, revision));
        await storm.StartAsync(1, StormChild.Compactor);
        await storm.StartAsync(Processes - 1);

        long start = Stopwatch.GetTimestamp();
        long nextKill = NextKill();
        while (Stopwatch.GetElapsedTime(start) < length)
        {
            using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
            try
            {
                (string name, long revision) = await acknowledged.Reader.ReadAsync(soon.Token);
                await storm.TellAsync(name, revision);
            }
            catch (OperationCanceledException)
            {
                // Nobody was acknowledged anything for a moment.
            }

            if (Stopwatch.GetTimestamp() >= nextKill)
            {
                int which = random.Next(storm.Running);
                string role = await storm.KillAsync(random.Next(4) == 0 ? which : storm.HolderOr(which));
                await storm.StartAsync(1, role);
                nextKill = NextKill();
            }
        }

        await storm.KillAllAsync();
        RecordedHistory history = storm.History;
        RecoveryReport report = await storm.CheckAsync();

        report.WasClosed.Should().BeFalse();
        int dirty = history.DirtyTails + (report.DroppedOffset is null ? 0 : 1);
        TestContext.Out.WriteLine(
            $"storm: {storm.Kills} kills, {history.Acknowledgements} acknowledgements, {history.Conflicts} conflicts, {history.Reads} reads, {history.Compactions} compactions, {dirty} dirty tails, 0 lost");
        history.Acknowledgements.Should().BePositive();
        history.Conflicts.Should().BePositive();
        history.Compactions.Should().BePositive();
        storm.Kills.Should().BeGreaterThan(2);
        if (Needs.FullSweeps)
        {
            dirty.Should().BePositive("a kill leaves an unfinished commit from time to time");
        }

        long NextKill() => Stopwatch.GetTimestamp() + (random.Next(50, 400) * Stopwatch.Frequency / 1000);
    }
}
