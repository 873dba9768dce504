namespace EmbeddedSecrets.Tests.Pipeline;

/// <summary>Which records stay decoded in memory (DESIGN K3): those that are read, as they are now.</summary>
[TestFixture]
public sealed class RecordCachingTests
{
    private InterceptedRepository _repository = null!;
    private SecretStore _store = null!;

    [SetUp]
    public void Open()
    {
        _repository = new InterceptedRepository();
        _store = new SecretStore(
            _repository, new KeyRing(RootKey.FromBytes(Envelope.Samples.Bytes(32))), options: new SecretStoreOptions { RecordCacheEntries = 2 });
    }

    [TearDown]
    public async Task CloseAsync()
    {
        await _store.DisposeAsync();
        await _repository.DisposeAsync();
    }

    [Test]
    public async Task Put_MoreSecretsThanTheCacheHolds_LeavesThoseThatAreReadInIt()
    {
        await CreateAsync("read/a", "read/b", "written/a", "written/b", "written/c");
        await IsCachedAsync("read/a");
        await IsCachedAsync("read/b");

        for (int i = 0; i < 10; i++)
        {
            await _store.PutTextAsync("written/a", $"value {i}");
            await _store.PutTextAsync("written/b", $"value {i}");
            await _store.PutTextAsync("written/c", $"value {i}");
        }

        (await IsCachedAsync("read/a")).Should().BeTrue();
        (await IsCachedAsync("read/b")).Should().BeTrue();
    }

    [Test]
    public async Task Put_SecretThatIsInTheCache_StaysInItAsItIsNow()
    {
        await CreateAsync("a", "b", "c");
        await IsCachedAsync("a");

        await _store.PutTextAsync("a", "new");

        (await IsCachedAsync("a")).Should().BeTrue("the put has brought it up to date");
        (await _store.ReadTextAsync("a")).Should().Be("new");
    }

    [Test]
    public async Task Put_RoomInTheCache_IsThereForTheFirstRead()
    {
        await CreateAsync("a");

        await _store.PutTextAsync("a", "new");

        (await IsCachedAsync("a")).Should().BeTrue();
    }

    [Test]
    public async Task Read_FullCache_BringsTheSecretIn()
    {
        await CreateAsync("a", "b", "c");

        (await IsCachedAsync("c")).Should().BeFalse("there was no room for what nobody had read");
        (await IsCachedAsync("c")).Should().BeTrue();
    }

    private async Task CreateAsync(params string[] names)
    {
        foreach (string name in names)
        {
            await _store.CreateTextAsync(name, "value");
        }
    }

    /// <summary>Reads the record, and says whether it was in the cache as it is now, so that it need not be opened.</summary>
    private async Task<bool> IsCachedAsync(string name)
    {
        await _store.DescribeSecretAsync(name);
        return _repository.LastKnown != RecordStamp.Absent && _repository.LastKnown == _repository.LastFound;
    }
}
