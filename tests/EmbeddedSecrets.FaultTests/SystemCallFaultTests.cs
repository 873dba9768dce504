using System.Globalization;

namespace EmbeddedSecrets.FaultTests;

/// <summary>
/// Every system call that changes something on the disk fails once, or is the last thing that the process does, while a store
/// is opened, written, compacted and closed. The calls are counted in a whole run first; only those on the store's own files count.
/// </summary>
[TestFixture]
public sealed class SystemCallFaultTests
{
    private const int Puts = 4;
    private const int PutsACompaction = 3;
    private const int FaultsWhenSampled = 14;
    private const string Writes = "write,pwrite64,pwritev,pwritev2";
    private const string Flushes = "fsync,fdatasync";
    private const string Renames = "rename,renameat,renameat2,link,linkat";
    private const string Truncations = "ftruncate";
    private const string Removals = "unlink,unlinkat";
    private const string Openings = "open,openat";

    private static readonly string[] Changes = [Writes, Flushes, Renames, Truncations, Removals];
    private static readonly string[] Faults = ["error=EIO", "error=ENOSPC", "error=EDQUOT", "error=EROFS", "signal=SIGKILL"];

    private string _root = null!;
    private string _directory = null!;
    private string _keyFile = null!;
    private int _stores;

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
    public async Task Write_AnyCallFailsOrIsTheLast_KeepsWhatWasAcknowledged([Values] bool newStore)
    {
        Random random = Needs.SeededRandom();
        List<(string Calls, string Fault, int Which)> sweep = [];
        await PrepareAsync(newStore);
        TracedProcess.Outcome whole = await RunAsync(string.Join(',', Changes), null);
        whole.Lines.Should().EndWith("closed;").And.Contain("compacted;");
        whole.Trace.Split('\n').Where(static line => line.Contains('(', StringComparison.Ordinal)).Select(static line => line.Split(' ')[0]).Distinct()
            .Should().ContainSingle("calls are counted thread by thread");
        Count(whole.Trace, Writes).Should().BeGreaterThan(Puts);
        Count(whole.Trace, Flushes).Should().BeGreaterThan(Puts);

        // strace counts each system call by itself, so the sweep names them one by one.
        foreach (string call in Changes.SelectMany(calls => calls.Split(',')))
        {
            int count = Count(whole.Trace, call);
            TestContext.Out.WriteLine($"{count} of {call}");
            sweep.AddRange(Faults.SelectMany(fault => Enumerable.Range(1, count).Select(which => (call, fault, which))));
        }

        int all = sweep.Count;
        if (!Needs.FullSweeps)
        {
            sweep = [.. random.GetItems(sweep.ToArray(), FaultsWhenSampled).Distinct()];
        }


        int acknowledgements = 0;
        foreach ((string calls, string fault, int which) in sweep)
        {
            TestContext.Out.WriteLine($"-- {calls} number {which}: {fault}");
            await PrepareAsync(newStore);
            acknowledgements += await BreakAsync(calls, $"{calls}:{fault}:when={which}");
        }

        TestContext.Out.WriteLine($"system calls ({(newStore ? "new" : "existing")} store): {sweep.Count} of {all} faults, {acknowledgements} acknowledgements checked, 0 lost");
    }

    [Test]
    public async Task Write_EveryWriteFailsFromOneOn_KeepsWhatWasAcknowledged([Values("EIO", "ENOSPC", "EDQUOT", "EROFS")] string error)
    {
        await PrepareAsync(newStore: false);
        await BreakAsync(Writes, $"{Writes}:error={error}:when=3+");
    }

    [Test]
    public async Task Open_LockCannotBeHad_IsRefusedAndWritesNothing([Values] bool newStore)
    {
        await PrepareAsync(newStore);
        string[] before = Listing();

        TracedProcess.Outcome outcome = await RunAsync("flock", "flock:error=ENOLCK");

        outcome.Trace.Should().Contain("(INJECTED)", "a fault that never came proves nothing");
        outcome.ExitCode.Should().Be(0);
        outcome.Lines.Should().Equal($"refused {SecretStoreErrorCodes.ServiceUnavailable};");
        Listing().Should().Equal(before, "nothing may be written without the lock");
    }

    [Test]
    public async Task Open_TooManyFiles_IsATypedError([Values] bool newStore)
    {
        await PrepareAsync(newStore);
        TracedProcess.Outcome whole = await RunAsync(Openings, null);
        int count = Count(whole.Trace, Openings);
        count.Should().BeGreaterThan(2);
        int step = Needs.FullSweeps ? 1 : 3;
        for (int which = 1; which <= count; which += step)
        {
            await PrepareAsync(newStore);
            await BreakAsync(Openings, $"{Openings}:error=EMFILE:when={which}");
        }
    }

    [Test]
    public async Task Open_NewStore_FlushesItsDirectoryAfterTheNameIsGiven()
    {
        await PrepareAsync(newStore: true);

        // On all paths: a log that is being made has a name that nobody knows beforehand.
        TracedProcess.Outcome outcome = await TracedProcess.RunOnPathsAsync([], $"{Renames},{Flushes}", null, "write", _directory, _keyFile, "0", "1", $"{Puts}", $"{PutsACompaction}");

        string[] lines = outcome.Trace.Split('\n');
        int named = Array.FindIndex(lines, line => line.Contains("rename", StringComparison.Ordinal) && line.Contains(".ess", StringComparison.Ordinal));
        int flushed = Array.FindIndex(lines, Math.Max(named, 0), line => line.Contains("fsync(", StringComparison.Ordinal) && line.Contains($"<{_directory}>", StringComparison.Ordinal));
        named.Should().BeGreaterThanOrEqualTo(0);
        flushed.Should().Be(named + 1, "the name must be on the disk before anything is acknowledged:\n{0}", outcome.Trace);
        lines.Should().Contain(line => line.Contains("fsync(", StringComparison.Ordinal) && line.Contains($"<{Path.GetDirectoryName(_directory)}>", StringComparison.Ordinal), "and so must the name of the directory");
    }

    [Test]
    public async Task Open_NewStoreWithAKeyFileThatIsThere_FlushesTheNameOfTheKey()
    {
        await PrepareAsync(newStore: true);
        await using (await SecretStore.OpenAsync(Path.Combine(_root, "earlier"), RootKey.FromFile(_keyFile)))
        {
        }

        TracedProcess.Outcome outcome = await RunAsync(Flushes, null);

        outcome.Lines.Should().EndWith("closed;");
        outcome.Trace.Should().Contain($"<{Path.GetDirectoryName(_keyFile)}>", "whoever made the key may have been killed before its name was on the disk");
    }

    /// <summary>Makes a place for a store of its own; an existing store was killed, and has a file of an unfinished making beside it.</summary>
    private async Task PrepareAsync(bool newStore)
    {
        string place = Path.Combine(_root, (++_stores).ToString(CultureInfo.InvariantCulture));
        Directory.CreateDirectory(place);
        _directory = Path.Combine(place, "store");
        _keyFile = Path.Combine(place, "keys", "root.key");
        if (!newStore)
        {
            await using (SecretStore store = await SecretStore.OpenAsync(_directory, RootKey.FromFile(_keyFile)))
            {
                using SecretValue value = SecretValue.FromText("other");
                await store.CreateSecretAsync("other", value);
            }

            string leftOver = Path.Combine(_directory, "log-0000000000000002.ess.tmp");
            await File.WriteAllBytesAsync(leftOver, new byte[100]);

            // Bytes of an unfinished commit behind the closing frame: the opening has something to repair.
            string log = Directory.GetFiles(_directory, "log-*.ess").Single();
            byte[] bytes = await File.ReadAllBytesAsync(log);
            bytes.AsSpan(bytes.AsSpan().LastIndexOfAnyExcept((byte)0) + 200, 50).Fill(0x55);
            await File.WriteAllBytesAsync(log, bytes);
        }
    }

    private async Task<int> BreakAsync(string calls, string inject)
    {
        TracedProcess.Outcome outcome = await RunAsync(calls, inject);
        if (inject.Contains("SIGKILL", StringComparison.Ordinal))
        {
            outcome.Trace.Should().Contain("killed by SIGKILL", "a fault that never came proves nothing");
        }
        else
        {
            outcome.Trace.Should().Contain("(INJECTED)", "a fault that never came proves nothing");
            outcome.ExitCode.Should().Be(0, "every failure is one of the library's own");
        }

        var numbers = new WrittenNumbers();
        numbers.ReadAll(outcome.Lines);
        await numbers.ReopenAndCheckAsync(_directory, _keyFile, 1);
        return numbers.Acknowledgements;
    }

    private Task<TracedProcess.Outcome> RunAsync(string calls, string? inject)
    {
        string[] logs = ["log-0000000000000001.ess", "log-0000000000000002.ess", "log-0000000000000003.ess", "log-0000000000000004.ess"];
        IEnumerable<string> paths =
        [
            Path.GetDirectoryName(_directory)!, _directory, Path.GetDirectoryName(_keyFile)!, _keyFile, Path.Combine(_directory, "commit.lock"),
            .. logs.Select(name => Path.Combine(_directory, name)), .. logs.Select(name => Path.Combine(_directory, name + ".tmp")),
        ];
        return TracedProcess.RunOnPathsAsync(paths, calls, inject, "write", _directory, _keyFile, "0", "1", $"{Puts}", $"{PutsACompaction}");
    }

    /// <summary>The page is zeros until it is set up under the lock, and says nothing then.</summary>
    private string[] Listing() => Directory.Exists(_directory)
        ? [.. Directory.GetFiles(_directory).Where(file => new FileInfo(file).Length > 0 && Path.GetFileName(file) != "store.page").Order(StringComparer.Ordinal).Select(file => $"{Path.GetFileName(file)} {Convert.ToHexString(File.ReadAllBytes(file))}")]
        : [];

    private static int Count(string trace, string calls) =>
        trace.Split('\n').Count(line => calls.Split(',').Any(call => line.Contains($" {call}(", StringComparison.Ordinal)));
}
