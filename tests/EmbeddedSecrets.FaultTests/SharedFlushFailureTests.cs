using System.Globalization;

namespace EmbeddedSecrets.FaultTests;

/// <summary>A flush that fails in one process while others have the store open (DESIGN F2, F6): writing stops for all, and one heals it for all.</summary>
[TestFixture]
public sealed class SharedFlushFailureTests
{
    private const string Name = "counted";

    private string _root = null!;
    private string _directory = null!;
    private string _keyFile = null!;

    [SetUp]
    public async Task CreateStore()
    {
        TracedProcess.RequireStrace();
        _root = Directory.CreateTempSubdirectory("embedded-secrets-").FullName;
        _directory = Path.Combine(_root, "store");
        _keyFile = Path.Combine(_root, "root.key");
        await using SecretStore store = await SecretStore.OpenAsync(_directory, RootKey.FromFile(_keyFile));
        using SecretValue value = SecretValue.FromText("0");
        await store.CreateSecretAsync(Name, value);
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
    public async Task Put_FlushFailsInOneProcess_StopsAllUntilOneCompacts([Values] bool failedOneHeals)
    {
        await using LiveChild failing = await OpenChildAsync();
        await using LiveChild other = await OpenChildAsync();
        await using SecretStore here = await SecretStore.OpenAsync(_directory, RootKey.FromFile(_keyFile), new SecretStoreOptions { PayloadCacheBytes = 0 });
        (await failing.AskAsync($"put {Name} 1")).Should().StartWith("put ");
        (await other.AskAsync($"put {Name} 2")).Should().StartWith("put ");

        await using (AttachedTracer tracer = await AttachedTracer.AttachAsync(failing.Id, "fdatasync", "fdatasync:error=EIO"))
        {
            (await failing.AskAsync($"put {Name} unknown")).Should().Be($"failed {SecretStoreErrorCodes.OutcomeUnknown}");
            (await failing.AskAsync($"put {Name} refused")).Should().Be($"failed {SecretStoreErrorCodes.WritesStopped}");
            (await tracer.DetachAsync()).Should().Contain("(INJECTED)", "a fault that never came proves nothing");
        }

        (await other.AskAsync($"put {Name} refused")).Should().Be($"failed {SecretStoreErrorCodes.WritesStopped}", "nothing may be written behind bytes of which nobody knows");
        (await PutHereAsync(here, "refused")).Should().Be(SecretStoreErrorCodes.WritesStopped);
        (await failing.AskAsync($"get {Name}")).Should().Be("got 2");
        (await other.AskAsync($"get {Name}")).Should().Be("got 2");
        (await ReadAsync(here)).Should().Be("2");

        (await (failedOneHeals ? failing : other).AskAsync("compact")).Should().Be("compacted");

        (await failing.AskAsync($"get {Name}")).Should().Be("got 2", "what was not acknowledged is not taken over");
        (await failing.AskAsync($"put {Name} 3")).Should().StartWith("put ");
        (await other.AskAsync($"get {Name}")).Should().Be("got 3");
        (await other.AskAsync($"put {Name} 4")).Should().StartWith("put ");
        (await PutHereAsync(here, "5")).Should().BeNull();
        (await failing.AskAsync($"get {Name}")).Should().Be("got 5");
        (await other.AskAsync("close")).Should().Be("closed");
        (await failing.AskAsync("close")).Should().Be("closed");
        await here.DisposeAsync();
        await using SecretStore again = await SecretStore.OpenAsync(_directory, RootKey.FromFile(_keyFile));
        (await ReadAsync(again)).Should().Be("5");
    }

    [Test]
    public async Task Put_FlushFailsWhileOthersReadAndWrite_LosesNothingAcknowledged()
    {
        const int Others = 3;
        await using LiveChild failing = await OpenChildAsync();
        await using SecretStore here = await SecretStore.OpenAsync(_directory, RootKey.FromFile(_keyFile), new SecretStoreOptions { PayloadCacheBytes = 0 });
        for (int i = 0; i < Others; i++)
        {
            using SecretValue value = SecretValue.FromText("0");
            await here.CreateSecretAsync($"other-{i}", value);
        }

        int[] acknowledged = new int[Others];
        int[] stopped = new int[Others];
        using var ending = new CancellationTokenSource();
        Task[] writers = [.. Enumerable.Range(0, Others).Select(i => Task.Run(() => WriteAsync(i)))];
        int stops = 0;
        int last = 0;
        for (int round = 1; round <= 5; round++)
        {
            (await failing.AskAsync(string.Create(CultureInfo.InvariantCulture, $"put {Name} {round}"))).Should().StartWith("put ");
            last = round;
            await using AttachedTracer tracer = await AttachedTracer.AttachAsync(failing.Id, "fdatasync", "fdatasync:error=EIO");
            string? answer = await failing.AskAsync($"put {Name} unknown");
            answer.Should().BeOneOf($"failed {SecretStoreErrorCodes.OutcomeUnknown}", $"failed {SecretStoreErrorCodes.WritesStopped}");
            stops++;
            await tracer.DetachAsync();
            (await failing.AskAsync("compact")).Should().Be("compacted");
            (await failing.AskAsync($"get {Name}")).Should().Be($"got {last}");
        }

        await ending.CancelAsync();
        await Task.WhenAll(writers);
        await here.DisposeAsync();
        failing.Kill();
        await failing.WaitForEndAsync();
        await using SecretStore again = await SecretStore.OpenAsync(_directory, RootKey.FromFile(_keyFile));
        (await ReadAsync(again)).Should().Be($"{last}");
        for (int i = 0; i < Others; i++)
        {
            (await ReadAsync(again, $"other-{i}")).Should().Be($"{acknowledged[i]}", "only what was acknowledged is taken over");
        }

        TestContext.Out.WriteLine($"failed flushes: {stops}, {acknowledged.Sum()} acknowledgements beside them, {stopped.Sum()} puts refused");
        stopped.Sum().Should().BePositive();

        async Task WriteAsync(int i)
        {
            for (int number = 1; !ending.IsCancellationRequested;)
            {
                string? code = await PutHereAsync(here, $"{number}", $"other-{i}");
                (code ?? SecretStoreErrorCodes.WritesStopped).Should().Be(SecretStoreErrorCodes.WritesStopped);
                stopped[i] += code is null ? 0 : 1;
                acknowledged[i] = code is null ? number++ : acknowledged[i];
                (await ReadAsync(here, $"other-{i}")).Should().Be($"{acknowledged[i]}", "everybody reads on");
            }
        }
    }

    private async Task<LiveChild> OpenChildAsync()
    {
        var child = LiveChild.Start("serve", _directory, _keyFile);
        (await child.ReadLineAsync()).Should().StartWith("ready ");
        (await child.AskAsync("open")).Should().Be("opened 0");
        return child;
    }

    private static async Task<string?> PutHereAsync(SecretStore store, string text, string name = Name)
    {
        try
        {
            using SecretValue value = SecretValue.FromText(text);
            await store.PutSecretValueAsync(name, value);
            return null;
        }
        catch (SecretStoreException exception)
        {
            return exception.Code;
        }
    }

    private static async Task<string> ReadAsync(SecretStore store, string name = Name)
    {
        using SecretValueResult result = await store.GetSecretValueAsync(name);
        return result.Value.RevealText();
    }
}
