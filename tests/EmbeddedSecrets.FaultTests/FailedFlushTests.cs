namespace EmbeddedSecrets.FaultTests;

/// <summary>
/// A flush that fails (DESIGN F2): .NET's own calls swallow it, so this is red as soon as one of them stands in for ours.
/// </summary>
[TestFixture]
public sealed class FailedFlushTests
{
    private const int Puts = 4;

    private string _root = null!;
    private string _directory = null!;
    private string _keyFile = null!;

    [SetUp]
    public void RequireStrace()
    {
        TracedProcess.RequireStrace();
        _root = Directory.CreateTempSubdirectory("embedded-secrets-").FullName;
        _keyFile = Path.Combine(_root, "root.key");
    }

    /// <summary>Makes a store of its own for each run, so that what an earlier run stored cannot pass for what this one lost.</summary>
    private async Task CreateStoreAsync()
    {
        _directory = Path.Combine(_root, Path.GetRandomFileName());
        await using SecretStore store = await SecretStore.OpenAsync(_directory, RootKey.FromFile(_keyFile));
        using SecretValue value = SecretValue.FromText("number 0");
        await store.CreateSecretAsync("counted", value);
    }

    [TearDown]
    public void DeleteStore()
    {
        if (_root is not null)
        {
            Directory.Delete(_root, recursive: true);
        }
    }

    [Test]
    public async Task Put_EveryFlushFails_ThrowsAndReadsGoOn([Values("fsync,fdatasync:error=EIO", "fsync,fdatasync:error=ENOSPC", "fsync,fdatasync:error=EROFS")] string fault)
    {
        // The flushes of the opening are let through one by one, until it is a put that meets the failure.
        bool met = false;
        for (int first = 1; first <= 8 && !met; first++)
        {
            await CreateStoreAsync();
            TracedProcess.Outcome outcome = await TracedProcess.RunAsync($"{fault}:when={first}+", "put-and-read", _directory, _keyFile, $"{Puts}");
            outcome.Trace.Should().Contain("(INJECTED)", "a fault that never came proves nothing");
            outcome.ExitCode.Should().Be(0);
            int acknowledged = LastNumber(outcome.Lines, "acknowledged ");
            (await StoredNumberAsync()).Should().BeGreaterThanOrEqualTo(acknowledged, "what was acknowledged is never lost");
            met = outcome.Lines.Contains("opened") && outcome.Lines.Contains("put failed Store.OutcomeUnknown");
            if (met)
            {
                outcome.Lines.Should().Contain("put failed Store.WritesStopped", "no put after a failed flush may be acknowledged");
                outcome.Lines.Should().NotContain(line => line.StartsWith("read failed", StringComparison.Ordinal), "what was acknowledged stays readable");
                outcome.Lines.Count(line => line.StartsWith("read number", StringComparison.Ordinal)).Should().Be(Puts);
                acknowledged.Should().BeLessThan(Puts);
            }
        }

        met.Should().BeTrue("one of the runs fails the flush of a put");
    }

    [Test]
    public async Task Put_OneFlushFails_IsNotRetriedAndNothingFollows()
    {
        await CreateStoreAsync();
        TracedProcess.Outcome whole = await TracedProcess.RunAsync("fdatasync:error=EIO:when=1000", "put-and-read", _directory, _keyFile, $"{Puts}");
        int flushes = whole.Trace.Split('\n').Count(line => line.Contains("fdatasync(", StringComparison.Ordinal));
        whole.Lines.Should().Contain($"acknowledged {Puts}");

        // strace counts each system call by itself. The last data flushes of a whole run are those of the puts, of the day of reading, and of the closing; a single one in the middle of them fails.
        await CreateStoreAsync();
        TracedProcess.Outcome outcome = await TracedProcess.RunAsync($"fdatasync:error=EIO:when={flushes - 3}", "put-and-read", _directory, _keyFile, $"{Puts}");
        outcome.Trace.Should().Contain("(INJECTED)");
        string[] afterFault = outcome.Trace[outcome.Trace.IndexOf("(INJECTED)", StringComparison.Ordinal)..].Split('\n')[1..];
        afterFault.Should().NotContain(line => line.Contains("sync(", StringComparison.Ordinal), "a failed flush is never retried, and nothing is written after it");
        outcome.Lines.Should().Contain("put failed Store.OutcomeUnknown").And.Contain("put failed Store.WritesStopped");
    }

    private static int LastNumber(IEnumerable<string> lines, string prefix)
    {
        return lines.Where(line => line.StartsWith(prefix, StringComparison.Ordinal))
            .Select(line => int.Parse(line[prefix.Length..], System.Globalization.CultureInfo.InvariantCulture))
            .DefaultIfEmpty(0)
            .Max();
    }

    private async Task<int> StoredNumberAsync()
    {
        await using SecretStore store = await SecretStore.OpenAsync(_directory, RootKey.FromFile(_keyFile));
        using SecretValueResult result = await store.GetSecretValueAsync("counted");
        return LastNumber([result.Value.RevealText()], "number ");
    }
}
