using EmbeddedSecrets.Files;
using EmbeddedSecrets.Tests.Faults;

namespace EmbeddedSecrets.Tests.Pipeline;

/// <summary>What an operation costs and no machine makes slower: allocations of a read, flushes of a put (DESIGN section 8, R3 and W3).</summary>
[TestFixture]
public sealed class CostTests
{
    private const int Reads = 2_000;

    /// <summary>Result and value, as objects: no more may be allocated beside them than 64 bytes.</summary>
    private const int ResultBytes = 104;

    [TestCase(0)]
    [TestCase(100)]
    public void Get_ReadBefore_AllocatesTheResultAndAtMost64Bytes(int dataKeyCacheEntries)
    {
        using var directory = new TemporaryDirectory();
        using SecretStore store = SecretStore.Open(
            directory["store"], RootKey.FromFile(directory["root.key"]), new SecretStoreOptions { DataKeyCacheEntries = dataKeyCacheEntries });
        using SecretValue value = SecretValue.FromBinary(new byte[1024]);
        store.CreateSecretAsync("name", value).AsTask().GetAwaiter().GetResult();
        Read(store);

        long before = GC.GetAllocatedBytesForCurrentThread();
        Read(store);

        ((GC.GetAllocatedBytesForCurrentThread() - before) / (double)Reads).Should().BeLessThan(ResultBytes + 64 + 1);
    }

    /// <summary>Frames of what another instance writes are read into a room that is kept.</summary>
    [Test]
    public void Describe_AfterAPutOfAnotherInstance_AllocatesLessThanWhatItWrote()
    {
        const int Puts = 50;
        using var directory = new TemporaryDirectory();
        var key = RootKey.FromFile(directory["root.key"]);
        using SecretStore store = SecretStore.Open(directory["store"], key);
        using SecretStore other = SecretStore.Open(directory["store"], key);
        using SecretValue value = SecretValue.FromBinary(new byte[30_000]);
        store.CreateSecretAsync("name", value).AsTask().GetAwaiter().GetResult();
        long allocated = 0;
        for (int i = -1; i < Puts; i++)
        {
            other.PutSecretValueAsync("name", value).AsTask().GetAwaiter().GetResult();
            long before = GC.GetAllocatedBytesForCurrentThread();
            store.DescribeSecretAsync("name").AsTask().GetAwaiter().GetResult();
            allocated += i < 0 ? 0 : GC.GetAllocatedBytesForCurrentThread() - before;
        }

        (allocated / Puts).Should().BeLessThan(20_000);
    }

    [Test]
    public async Task Put_OneWriter_FlushesOnce()
    {
        using var directory = new TemporaryDirectory();
        using SecretValue value = SecretValue.FromText("value");
        (SecretStore opened, _, FaultyLogFile file) = await OpenAsync(directory, value);
        await using SecretStore store = opened;
        int before = file.Flushes;

        for (int i = 0; i < 50; i++)
        {
            await store.PutSecretValueAsync("name", value);
        }

        (file.Flushes - before).Should().Be(50);
    }

    [Test]
    public async Task Put_ManyWriters_ShareFlushes()
    {
        using var directory = new TemporaryDirectory();
        using SecretValue value = SecretValue.FromText("value");
        (SecretStore opened, FileSecretRepository repository, FaultyLogFile file) = await OpenAsync(directory, value);
        await using SecretStore store = opened;
        int before = file.Flushes;

        // While the first is held in its flush the others gather behind it.
        file.Gate.Reset();
        Task first = Task.Run(() => store.CreateSecretAsync("first", value).AsTask());
        SpinWait.SpinUntil(() => file.Waiting, TimeSpan.FromSeconds(20)).Should().BeTrue();
        Task[] others = [.. Enumerable.Range(0, 63).Select(i => Task.Run(() => store.CreateSecretAsync($"name-{i}", value).AsTask()))];
        SpinWait.SpinUntil(() => repository.WaitingCommits == others.Length, TimeSpan.FromSeconds(20)).Should().BeTrue();
        file.Gate.Set();
        await Task.WhenAll([first, .. others]);

        (file.Flushes - before).Should().Be(2, "one for the first, one for the 63 that waited");
    }

    /// <summary>A store with one secret, and the file of its log, which counts its flushes.</summary>
    private static async Task<(SecretStore Store, FileSecretRepository Repository, FaultyLogFile File)> OpenAsync(TemporaryDirectory directory, SecretValue value)
    {
        FaultyLogFile? file = null;
        var repository = new FileSecretRepository(
            directory.Store, null, () => new FaultyLogDirectory(StoreDirectory.OpenOrMake(directory.Store, readOnly: false)!, inner => file = new FaultyLogFile(inner)));
        SecretStore store = SecretStore.WithRing(repository, RootKey.FromFile(directory["root.key"]), null, new SecretStoreOptions());
        await store.CreateSecretAsync("name", value);
        return (store, repository, file!);
    }

    private static void Read(SecretStore store)
    {
        for (int i = 0; i < Reads; i++)
        {
            store.GetSecretValue("name").Dispose();
        }
    }
}
