namespace EmbeddedSecrets.FaultTests;

/// <summary>Metrics in processes that do nothing else: who listens hears the first operation, and where nobody can, nothing is loaded for them.</summary>
[TestFixture]
public sealed class ListeningProcessTests
{
    /// <summary>After so long the meter is made for tools outside, in milliseconds.</summary>
    private const long MadeAnyway = 900;

    private string _root = null!;

    private string Store => Path.Combine(_root, "store");

    private string KeyFile => Path.Combine(_root, "root.key");

    [SetUp]
    public async Task CreateStore()
    {
        _root = Directory.CreateTempSubdirectory("embedded-secrets-").FullName;
        await using SecretStore store = await SecretStore.OpenAsync(Store, RootKey.FromFile(KeyFile));
        using SecretValue value = SecretValue.FromText("text");
        await store.CreateSecretAsync("a", value);
    }

    [TearDown]
    public void DeleteDirectory() => Directory.Delete(_root, recursive: true);

    [Test]
    public async Task Read_ListenerBefore_IsHeard()
    {
        List<string> told = await RunAsync("early");

        told.Should().HaveCount(2);
        told[0].Should().Be("heard GetSecretValue");
        told[1].Should().StartWith("loaded");
    }

    [Test]
    public async Task Read_ListenerAfterTheFirst_HearsTheSecond()
    {
        List<string> told = await RunAsync("late");

        told.Should().HaveCount(2);
        told[1].Should().Be("heard GetSecretValue");
    }

    [Test]
    public async Task Read_NobodyCanListen_LoadsNothingForThem()
    {
        List<string> told = await RunAsync("late");
        string[] words = told[0].Split(" after ");
        if (long.Parse(words[1], System.Globalization.CultureInfo.InvariantCulture) > MadeAnyway)
        {
            Assert.Ignore("The process was slower than the time after which the meter is made.");
        }

        words[0].Should().Be("not loaded");
    }

    [Test]
    public async Task Meter_NobodyInTheProcessListens_IsMadeForToolsOutside()
    {
        (await RunAsync("never")).Should().HaveCount(2).And.HaveElementAt(1, "loaded");
    }

    /// <summary>What a listener throws while the meter is made is nobody's failure: the process lives, and operations go on.</summary>
    [TestCase("throws early")]
    [TestCase("throws late")]
    public async Task Read_ListenerThrows_GoesOn(string listens)
    {
        (await RunAsync(listens)).Should().Equal("read");
    }

    private async Task<List<string>> RunAsync(string listens)
    {
        var told = new List<string>();
        await using LiveChild child = LiveChild.Start("listen", Store, KeyFile, listens);
        await child.ReadAllAsync(told.Add);
        await child.WaitForEndAsync();
        return told;
    }
}
