namespace EmbeddedSecrets.FaultTests;

/// <summary>Processes that are killed while several writers put. This shows nothing about power cuts: the page cache survives.</summary>
[TestFixture]
public sealed class KilledProcessTests
{
    private const int Writers = 4;

    private string _root = null!;

    [SetUp]
    public void CreateDirectory() => _root = Directory.CreateTempSubdirectory("embedded-secrets-").FullName;

    [TearDown]
    public void DeleteDirectory() => Directory.Delete(_root, recursive: true);

    [Test]
    public async Task Put_ProcessKilledAtAnyMoment_KeepsWhatWasAcknowledged()
    {
        Random random = Needs.SeededRandom();
        int rounds = Needs.FullSweeps ? 60 : 8;
        string directory = Path.Combine(_root, "store");
        string keyFile = Path.Combine(_root, "root.key");
        var numbers = new WrittenNumbers();
        int dropped = 0;
        for (int round = 0; round < rounds; round++)
        {
            int before = numbers.Acknowledgements;
            using (ChildProcess child = ChildProcess.StartWriters(directory, keyFile, Writers))
            {
                // The first line comes when the store is open: half of a round in ten ends before it.
                int lines = random.Next(20) == 0 ? 0 : random.Next(1, 600);
                (await child.ReadLinesAsync(lines, numbers.Read)).Should().Be(lines, "only the kill ends the child");
                await child.KillAsync(numbers.Read);
            }

            RecoveryReport report = await numbers.ReopenAndCheckAsync(directory, keyFile, Writers);
            dropped += report.DroppedOffset is null ? 0 : 1;
            report.RecordCount.Should().BeLessThanOrEqualTo(Writers);
            if (numbers.Acknowledgements > before)
            {
                report.WasClosed.Should().BeFalse();
                report.Sequence.Should().BeGreaterThanOrEqualTo(numbers.Acknowledgements);
            }
        }

        numbers.Acknowledgements.Should().BePositive();
        TestContext.Out.WriteLine($"kills: {rounds} rounds, {numbers.Acknowledgements} acknowledgements checked, 0 lost, {dropped} unfinished commits dropped");
    }
}
