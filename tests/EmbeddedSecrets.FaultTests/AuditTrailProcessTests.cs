using System.Collections.Concurrent;

namespace EmbeddedSecrets.FaultTests;

/// <summary>An audit trail that several processes write, that are killed, and whose disk is full.</summary>
[TestFixture]
public sealed class AuditTrailProcessTests
{
    private string _root = null!;

    private string Trail => Path.Combine(_root, "trail");

    private string KeyFile => Path.Combine(_root, "audit.key");

    [SetUp]
    public void CreateDirectory() => _root = Directory.CreateTempSubdirectory("embedded-secrets-").FullName;

    [TearDown]
    public void DeleteDirectory() => Directory.Delete(_root, recursive: true);

    [Test]
    public async Task Write_TwoProcessesKilledAndGoingOn_OneWholeChainWithEveryAcknowledgedRecord()
    {
        Random random = Needs.SeededRandom();
        int rounds = Needs.FullSweeps ? 20 : 3;
        var acknowledged = new ConcurrentQueue<string>();
        var failures = new ConcurrentQueue<string>();
        for (int round = 0; round < rounds; round++)
        {
            await using LiveChild survivor = Start(2 * round);
            await using LiveChild victim = Start((2 * round) + 1);
            int lines = random.Next(1, 300);
            Task survival = ReadAsync(survivor, int.MaxValue, acknowledged, failures);
            await ReadAsync(victim, lines, acknowledged, failures);
            victim.Kill();
            await ReadAsync(victim, int.MaxValue, acknowledged, failures);
            await victim.WaitForEndAsync();
            int before = acknowledged.Count;
            SpinWait.SpinUntil(() => acknowledged.Count > before + 20, TimeSpan.FromSeconds(30)).Should().BeTrue("the other process goes on");
            survivor.EndInput();
            await survival;
            await survivor.WaitForEndAsync();
        }

        failures.Should().BeEmpty();
        AuditVerification found = await AuditTrail.VerifyAsync(Trail, KeyFile);
        found.IsIntact.Should().BeTrue(string.Join("; ", found.Faults));
        var written = new HashSet<string>();
        await foreach (AuditEntry entry in AuditTrail.ReadAsync(Trail, KeyFile))
        {
            written.Add(entry.Record.RequestId).Should().BeTrue("no record is there twice");
        }

        acknowledged.Should().OnlyContain(request => written.Contains(request));
        TestContext.Out.WriteLine($"{rounds} kills, {acknowledged.Count} acknowledged records, 0 lost, {found.RecordCount} in the trail, faults: {string.Join("; ", found.Faults)}");
    }

    [Test]
    public async Task Operations_TrailOnAFullDisk_AreRefusedAndGoOnOnceSpaceIsFree()
    {
        using MountedVolume volume = MountedVolume.Tmpfs("32k");
        string trail = Path.Combine(volume.MountPoint, "trail");
        int created = 0;
        int refused = 0;
        using (var sink = new FileAuditSink(trail, KeyFile))
        {
            await using SecretStore store = await SecretStore.OpenAsync(Path.Combine(_root, "store"), RootKey.FromFile(Path.Combine(_root, "root.key")), new SecretStoreOptions { AuditSink = sink });
            for (int i = 0; i < 400 && refused < 3; i++)
            {
                using SecretValue value = SecretValue.FromText("value");
                try
                {
                    await store.CreateSecretAsync($"name-{created}", value);
                    created++;
                }
                catch (SecretStoreUnavailableException)
                {
                    refused++;
                }
            }

            refused.Should().Be(3, "the disk is full");
            volume.Resize("1m");
            (await store.ListSecretsAsync().CountAsync()).Should().Be(created, "nothing was committed that was refused");
            using SecretValue another = SecretValue.FromText("value");
            await store.CreateSecretAsync("another", another);
        }

        AuditVerification found = await AuditTrail.VerifyAsync(trail, KeyFile);
        found.IsIntact.Should().BeTrue(string.Join("; ", found.Faults));
        int succeeded = 0;
        await foreach (AuditEntry entry in AuditTrail.ReadAsync(trail, KeyFile))
        {
            succeeded += entry.Record is { Operation: "CreateSecret", Outcome: AuditOutcome.Succeeded } ? 1 : 0;
        }

        succeeded.Should().BeInRange(created, created + 1, "only the outcome that met the full disk first may be missing");
    }

    private LiveChild Start(int process) => LiveChild.Start("audit", Trail, KeyFile, $"{process}");

    private static async Task ReadAsync(LiveChild child, int lines, ConcurrentQueue<string> acknowledged, ConcurrentQueue<string> failures)
    {
        for (int read = 0; read < lines && await child.ReadLineAsync() is { } line; read++)
        {
            if (line.StartsWith("ack ", StringComparison.Ordinal) && line.EndsWith(';'))
            {
                acknowledged.Enqueue(line[4..^1]);
            }
            else if (line.StartsWith("fail", StringComparison.Ordinal))
            {
                failures.Enqueue(line);
            }
        }
    }
}
