using System.Globalization;
using System.Text.RegularExpressions;

namespace EmbeddedSecrets.FaultTests;

/// <summary>
/// A process dies at each of its steps, while it puts, compacts, heals or opens; alone, or beside another one that goes on
/// reading and writing at once (DESIGN F6, F7).
/// </summary>
[TestFixture]
public sealed partial class KillPointTests
{
    private const string Name = "counted";
    private const string Calls = "pwrite64,fdatasync,fsync,rename,renameat,renameat2,link,linkat,unlink,unlinkat,ftruncate,flock,mmap,munmap,msync";
    private const int KillsWhenSampled = 2;

    private static readonly string[] Swept = ["pwrite64", "fdatasync", "fsync", "rename", "renameat2", "link", "unlink", "ftruncate", "flock"];

    private string _root = null!;
    private string _directory = null!;
    private string _keyFile = null!;
    private int _stores;

    public enum Role
    {
        Writer,
        Compactor,
        Healer,
        Opener,
    }

    [SetUp]
    public void RequireStrace()
    {
        TracedProcess.RequireStrace();
        _root = Directory.CreateTempSubdirectory("embedded-secrets-").FullName;
    }

    [TearDown]
    public void DeleteStores()
    {
        if (_root is not null)
        {
            Directory.Delete(_root, recursive: true);
        }
    }

    [Test]
    public async Task Kill_AtAnyStep_LeavesARightStateForTheOthers([Values] Role role, [Values] bool beside)
    {
        Random random = Needs.SeededRandom();
        (string? answer, string trace, _) = await RunAsync(role, beside, null);
        answer.Should().NotBeNull("nobody kills it yet");
        answer.Should().NotStartWith("failed");

        // strace counts the calls of each thread by itself.
        (string Call, int Which)[] points = [.. Call().Matches(trace)
            .GroupBy(static match => (Thread: match.Groups[1].Value, Call: match.Groups[2].Value), static (key, matches) => (key.Call, Count: matches.Count()))
            .GroupBy(static counted => counted.Call, static (call, counts) => (Call: call, Count: counts.Max(static counted => counted.Count)))
            .Where(static counted => Swept.Contains(counted.Call))
            .SelectMany(static counted => Enumerable.Range(1, counted.Count).Select(which => (counted.Call, which)))];
        points.Should().NotBeEmpty();
        random.Shuffle(points);

        // Most of the steps only take or give back a lock.
        (string Call, int Which)[] chosen = Needs.FullSweeps ? points : [.. points.OrderBy(static point => point.Call == "flock").Take(KillsWhenSampled - 1), points.First(static point => point.Call == "flock")];

        int killed = 0;
        int removed = 0;
        foreach ((string call, int which) in chosen)
        {
            TestContext.Out.WriteLine($"-- {role}, {call} number {which}");
            (string? told, _, int removedHere) = await RunAsync(role, beside, $"{call}:signal=SIGKILL:when={which}");
            killed += told is null ? 1 : 0;
            removed += removedHere;
        }

        killed.Should().BePositive("a fault that never came proves nothing");
        TestContext.Out.WriteLine($"{role} {(beside ? "beside another" : "alone")}: killed at {killed} of {points.Length} points, {removed} times something was removed");
    }

    /// <summary>Makes a store, lets a process play its role, and checks what it leaves.</summary>
    private async Task<(string? Answer, string Trace, int Removed)> RunAsync(Role role, bool beside, string? inject)
    {
        await PrepareAsync(crashed: role == Role.Opener);
        FileSecretRepository repository = NewRepository();
        await using SecretStore other = SecretStore.WithRing(repository, RootKey.FromFile(_keyFile), null, new SecretStoreOptions { PayloadCacheBytes = 0 });
        if (beside)
        {
            (await ReadAsync(other)).Should().Be("0");
        }

        await using LiveChild child = LiveChild.Start("serve", _directory, _keyFile);
        (await child.ReadLineAsync()).Should().StartWith("ready ");
        if (role != Role.Opener)
        {
            (await child.AskAsync("open")).Should().StartWith("opened ");
        }

        if (role == Role.Healer)
        {
            await using AttachedTracer failing = await AttachedTracer.AttachAsync(child.Id, "fdatasync", "fdatasync:error=EIO");
            (await child.AskAsync($"put {Name} unknown")).Should().Be($"failed {SecretStoreErrorCodes.OutcomeUnknown}");
            await failing.DetachAsync();
        }

        string command = role switch { Role.Writer => $"put {Name} new", Role.Opener => "open", _ => "compact" };
        string? answer;
        string trace;
        await using (AttachedTracer tracer = await AttachedTracer.AttachAsync(child.Id, Calls, inject))
        {
            answer = await child.AskAsync(command);
            trace = await tracer.DetachAsync();
        }

        // Whoever was not killed stays, and is killed now: not one of the steps.
        child.Kill();
        await child.WaitForEndAsync();
        string[] allowed = role switch
        {
            Role.Writer => answer is null ? ["0", "new"] : ["new"],
            Role.Healer => answer is null && !beside ? ["0", "unknown"] : ["0"],
            _ => ["0"],
        };
        if (beside)
        {
            await GoOnAsync(other, allowed, healed: role != Role.Healer);
        }

        await other.DisposeAsync();
        await using SecretStore again = await SecretStore.OpenAsync(_directory, RootKey.FromFile(_keyFile));
        await GoOnAsync(again, beside ? ["after"] : allowed, healed: true);
        Directory.GetFiles(_directory, "log-*").Should().ContainSingle("nothing that was being made is left").Which.Should().EndWith(".ess");
        return (answer, trace, repository.RemovedUnfinished + (again.Recovery!.DroppedBytes > 0 ? 1 : 0));
    }

    /// <summary>Reads, puts and reads at once.</summary>
    private static async Task GoOnAsync(SecretStore store, string[] allowed, bool healed)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        (await ReadAsync(store)).Should().BeOneOf(allowed);
        using SecretValue value = SecretValue.FromText("after");
        try
        {
            await store.PutSecretValueAsync(Name, value, cancellationToken: limit.Token);
        }
        catch (SecretStoreUnavailableException exception) when (!healed && exception.Code == SecretStoreErrorCodes.WritesStopped)
        {
            // The healer died before it had healed: any other can do it.
            await store.Maintenance.CompactAsync(null, limit.Token);
            (await ReadAsync(store)).Should().BeOneOf(allowed);
            await store.PutSecretValueAsync(Name, value, cancellationToken: limit.Token);
        }

        (await ReadAsync(store)).Should().Be("after");
        (await ReadAsync(store, "quiet")).Should().Be("quiet");
    }

    private async Task PrepareAsync(bool crashed)
    {
        string place = Path.Combine(_root, (++_stores).ToString(CultureInfo.InvariantCulture));
        string made = Path.Combine(place, "made");
        _directory = made;
        _keyFile = Path.Combine(place, "root.key");
        await using (SecretStore store = await SecretStore.OpenAsync(made, RootKey.FromFile(_keyFile)))
        {
            foreach ((string name, string text) in new[] { (Name, "0"), ("quiet", "quiet") })
            {
                using SecretValue value = SecretValue.FromText(text);
                await store.CreateSecretAsync(name, value);
            }

            if (!crashed)
            {
                return;
            }

            // The files as they are now are what a kill leaves; with bytes of an unfinished commit.
            _directory = Path.Combine(place, "store");
            Directory.CreateDirectory(_directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            string log = Directory.GetFiles(made, "log-*.ess").Single();
            using var stream = new FileStream(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            byte[] bytes = new byte[stream.Length];
            await stream.ReadExactlyAsync(bytes);
            bytes.AsSpan(bytes.AsSpan().LastIndexOfAnyExcept((byte)0) + 200, 50).Fill(0x55);
            string copy = Path.Combine(_directory, Path.GetFileName(log));
            await File.WriteAllBytesAsync(copy, bytes);
            File.SetUnixFileMode(copy, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    private FileSecretRepository NewRepository() => new(_directory, new SecretStoreOptions { PayloadCacheBytes = 0 });

    private static async Task<string> ReadAsync(SecretStore store, string name = Name)
    {
        using SecretValueResult result = await store.GetSecretValueAsync(name);
        return result.Value.RevealText();
    }

    [GeneratedRegex(@"^(\d+) +(\w+)\(", RegexOptions.Multiline)]
    private static partial Regex Call();
}
