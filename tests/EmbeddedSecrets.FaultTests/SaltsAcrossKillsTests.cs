using EmbeddedSecrets.Tests.Hygiene;

namespace EmbeddedSecrets.FaultTests;

/// <summary>
/// No salt with the same nonce twice, and no salt by two instances (DESIGN K5), where processes are killed at any moment: in a
/// store, in a copy of its directory that both go on from, and in a store that is restored from its backup.
/// </summary>
[TestFixture]
public sealed class SaltsAcrossKillsTests
{
    private const int Writers = 4;
    private const int Never = 1_000_000;

    private readonly SealedMessages _messages = new();
    private Random _random = null!;
    private string _root = null!;
    private string _keyFile = null!;
    private int _kills;

    [SetUp]
    public void CreateDirectory()
    {
        _root = Directory.CreateTempSubdirectory("embedded-secrets-").FullName;
        _keyFile = Path.Combine(_root, "root.key");
        _random = Needs.SeededRandom();
    }

    [TearDown]
    public void DeleteDirectory() => Directory.Delete(_root, recursive: true);

    [Test]
    public async Task SaltsAndNonces_OverKillsCopiesAndBackups_AreNeverUsedTwice()
    {
        int rounds = Needs.FullSweeps ? 40 : 5;
        string store = Path.Combine(_root, "store");
        string copy = Path.Combine(_root, "copy");
        string restored = Path.Combine(_root, "restored");
        for (int round = 0; round < rounds; round++)
        {
            await WriteAndKillAsync(store);
        }

        Copy(store, copy);
        await RestoreAsync(store, restored);
        for (int round = 0; round < rounds; round++)
        {
            await WriteAndKillAsync(store);
            await WriteAndKillAsync(copy);
            await WriteAndKillAsync(restored);
        }

        TestContext.Out.WriteLine($"{_kills} kills, {_messages.Count} messages, {_messages.Salts} salts, {_messages.Writers.Count()} writing processes, no pair twice");
        _messages.Count.Should().BeGreaterThan(2000);
        _messages.Writers.Should().HaveCountGreaterThan(rounds);
    }

    /// <summary>Some children are killed before they are open, most while they write; what they left is then read.</summary>
    private async Task WriteAndKillAsync(string directory)
    {
        string writer = $"process {++_kills} in {Path.GetFileName(directory)}";
        using (ChildProcess child = ChildProcess.StartWriters(directory, _keyFile, Writers, putsACompaction: _random.Next(4) == 0 ? 20 : Never))
        {
            int lines = _kills > 1 && _random.Next(10) == 0 ? 0 : _random.Next(100, 800);
            (await child.ReadLinesAsync(lines, static _ => { })).Should().Be(lines, "only the kill ends the child");
            await child.KillAsync(static _ => { });
        }

        await _messages.CollectAsync(directory, RootKey.FromFile(_keyFile), writer);
    }

    private async Task RestoreAsync(string from, string to)
    {
        using var backup = new MemoryStream();
        await using (SecretStore open = await SecretStore.OpenAsync(from, RootKey.FromFile(_keyFile)))
        {
            await open.Maintenance.BackUpAsync(backup);
        }

        await _messages.CollectAsync(from, RootKey.FromFile(_keyFile), "who made the backup");
        backup.Position = 0;
        await SecretStoreMaintenance.RestoreAsync(backup, to, RootKey.FromFile(_keyFile));
        await _messages.CollectAsync(to, RootKey.FromFile(_keyFile), "who restored it");
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        foreach (string file in Directory.GetFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }
    }
}
