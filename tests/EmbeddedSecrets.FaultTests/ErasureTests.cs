using System.Diagnostics;
using System.Security.Cryptography;

namespace EmbeddedSecrets.FaultTests;

/// <summary>What is deleted is gone from every file that any process has open, an idle one included (DESIGN K12).</summary>
[TestFixture]
public sealed class ErasureTests
{
    private const string Name = "marked";
    private const int MarkerLength = 6000;

    /// <summary>How much of a sealed value is looked for; long enough that nothing else is like it.</summary>
    private const int WindowLength = 64;

    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(5);

    private string _root = null!;
    private string _directory = null!;
    private string _keyFile = null!;

    [SetUp]
    public void CreateDirectory()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Ignore("/proc is needed.");
        }

        _root = Directory.CreateTempSubdirectory("embedded-secrets-").FullName;
        _directory = Path.Combine(_root, "store");
        _keyFile = Path.Combine(_root, "root.key");
    }

    [TearDown]
    public void DeleteDirectory()
    {
        if (_root is not null)
        {
            Directory.Delete(_root, recursive: true);
        }
    }

    [Test]
    public async Task WaitForErasureAsync_AnotherProcessIsIdle_NoFileHoldsTheSealedValue([Values("destroyed", "evicted", "deleted", "compacted")] string how)
    {
        await using SecretStore store = await SecretStore.OpenAsync(_directory, RootKey.FromFile(_keyFile));
        byte[] kept = await PutMarkerAsync(store, "kept");
        byte[] dead = await PutMarkerAsync(store, Name);
        await using LiveChild idle = LiveChild.Start("serve", _directory, _keyFile);
        (await idle.ReadLineAsync()).Should().StartWith("ready ");
        (await idle.AskAsync($"get {Name}")).Should().StartWith("got ");
        FilesOf(idle).Where(file => Holds(file, dead)).Should().NotBeEmpty("the idle process has the log open");

        await EraseAsync(store, how);
        long start = Stopwatch.GetTimestamp();
        if (how == "compacted")
        {
            await store.Maintenance.CompactAsync();
        }

        await store.Maintenance.WaitForErasureAsync();
        TimeSpan took = Stopwatch.GetElapsedTime(start);

        string[] everywhere = [.. Directory.GetFiles(_directory), .. FilesOf(idle), .. FilesOf(Environment.ProcessId)];
        everywhere.Where(file => Holds(file, dead)).Should().BeEmpty("what is gone is in no file, and in none that is deleted and open");
        Directory.GetFiles(_directory).Where(file => Holds(file, kept)).Should().NotBeEmpty("what is alive is found in this way");
        took.Should().BeLessThan(Bound + Bound, "the first erasure begins at once, and everybody lets go within the bound");
        (await idle.AskAsync("get kept")).Should().StartWith("got ");
        TestContext.Out.WriteLine($"{how}: gone after {took.TotalMilliseconds:0} ms");
    }

    [Test]
    public async Task Compact_AnotherProcessIsIdle_LetsGoOfTheOldLogWithinTheBound()
    {
        await using SecretStore store = await SecretStore.OpenAsync(_directory, RootKey.FromFile(_keyFile));
        await PutMarkerAsync(store, Name);
        await using LiveChild idle = LiveChild.Start("serve", _directory, _keyFile);
        (await idle.ReadLineAsync()).Should().StartWith("ready ");
        (await idle.AskAsync("open")).Should().StartWith("opened ");

        await store.Maintenance.CompactAsync();
        long start = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (HasDeletedOpen(idle) && Stopwatch.GetElapsedTime(start) < Bound + Bound)
        {
            await timer.WaitForNextTickAsync();
        }

        Stopwatch.GetElapsedTime(start).Should().BeLessThan(Bound);
    }

    private static async Task EraseAsync(SecretStore store, string how)
    {
        switch (how)
        {
            case "deleted" or "compacted":
                await store.DeleteSecretAsync(Name, SecretDeletion.Immediately);
                break;
            case "destroyed":
                await PutAsync(store, Name, "2");
                await store.DestroySecretVersionAsync(Name, "v1");
                break;
            default:
                for (int version = 2; version <= 13; version++)
                {
                    await PutAsync(store, Name, $"{version}");
                }

                break;
        }
    }

    private static async Task PutAsync(SecretStore store, string name, string text)
    {
        using SecretValue value = SecretValue.FromText(text);
        await store.PutSecretValueAsync(name, value);
    }

    /// <summary>Creates a secret with a long value, and returns a part of what stands for it in the log: most of its frame is the sealed value.</summary>
    private async Task<byte[]> PutMarkerAsync(SecretStore store, string name)
    {
        string log = Directory.GetFiles(_directory, "log-*.ess").Single();
        int before = EndOfData(Read(log));
        using SecretValue value = SecretValue.FromText(RandomNumberGenerator.GetHexString(MarkerLength));
        await store.CreateSecretAsync(name, value);
        byte[] bytes = Read(log);
        int after = EndOfData(bytes);
        (after - before).Should().BeGreaterThan(MarkerLength);
        return bytes.AsSpan(after - (MarkerLength / 2), WindowLength).ToArray();
    }

    private static int EndOfData(byte[] bytes) => bytes.AsSpan().LastIndexOfAnyExcept((byte)0) + 1;

    private string[] FilesOf(LiveChild child) => FilesOf(child.Id);

    /// <summary>The open files of a process that belong to the store; deleted ones are read through their descriptor.</summary>
    private string[] FilesOf(int processId) =>
        [.. Directory.GetFiles($"/proc/{processId}/fd").Where(file => TargetOf(file).StartsWith(_directory + "/", StringComparison.Ordinal))];

    private bool HasDeletedOpen(LiveChild child) => FilesOf(child).Any(file => TargetOf(file).EndsWith(".ess (deleted)", StringComparison.Ordinal));

    private static string TargetOf(string descriptor)
    {
        try
        {
            return new FileInfo(descriptor).LinkTarget ?? "";
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static bool Holds(string file, byte[] part)
    {
        try
        {
            return Read(file).AsSpan().IndexOf(part) >= 0;
        }
        catch (IOException)
        {
            // Closed meanwhile.
            return false;
        }
    }

    private static byte[] Read(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }
}
