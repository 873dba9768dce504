namespace EmbeddedSecrets.FaultTests;

/// <summary>Several processes on few secrets: every secret is a register whose reads and writes have one order, which agrees with the times of all processes (DESIGN F6).</summary>
[TestFixture]
public sealed class LinearizabilityTests
{
    private const int Processes = 4;
    private const int Names = 3;

    private string _root = null!;

    [SetUp]
    public void CreateDirectory() => _root = Directory.CreateTempSubdirectory("embedded-secrets-").FullName;

    [TearDown]
    public void DeleteDirectory() => Directory.Delete(_root, recursive: true);

    [Test]
    public async Task PutAndGet_SeveralProcesses_HaveOneOrder([Values] bool compacting)
    {
        await using var storm = new Storm(Path.Combine(_root, "store"), Path.Combine(_root, "root.key"), Names);
        await storm.CreateStoreAsync();
        await storm.StartAsync(Processes);
        await storm.StartAsync(compacting ? 1 : 0, StormChild.Compactor);

        using (var timer = new PeriodicTimer(TimeSpan.FromSeconds(Needs.FullSweeps ? 20 : 2)))
        {
            await timer.WaitForNextTickAsync();
        }

        await storm.EndAsync();
        RecordedHistory history = storm.History;
        RecoveryReport report = await storm.CheckAsync();

        report.WasClosed.Should().BeTrue("the last who went closed the store in order");
        history.DirtyTails.Should().Be(0, "nobody was killed");
        history.Acknowledgements.Should().BePositive();
        history.Reads.Should().BePositive();
        TestContext.Out.WriteLine($"one order: {history.Acknowledgements} acknowledgements, {history.Conflicts} conflicts, {history.Reads} reads, {history.Compactions} compactions");
    }
}
