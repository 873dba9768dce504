using System.Collections.Concurrent;
using EmbeddedSecrets.Caching;
using EmbeddedSecrets.Pipeline;
using static EmbeddedSecrets.Tests.StoreExtensions;

namespace EmbeddedSecrets.Tests.Pipeline;

/// <summary>What a store keeps of the data keys that it unwrapped, and when it lets them go (DESIGN K6, K8).</summary>
[TestFixture]
public sealed class DataKeyCachingTests
{
    private TemporaryDirectory _directory = null!;
    private SecretStore _store = null!;

    [SetUp]
    public async Task SetUp()
    {
        _directory = new TemporaryDirectory();
        _store = await OpenAsync();
    }

    [TearDown]
    public async Task TearDown()
    {
        await _store.DisposeAsync();
        _directory.Dispose();
    }

    [Test]
    public async Task Get_Again_ReadsWithTheSameDataKey()
    {
        await _store.CreateTextAsync("name", "the value");

        (await _store.ReadTextAsync("name")).Should().Be("the value");
        (await _store.ReadTextAsync("name")).Should().Be("the value");

        DataKeysOf(_store).Count.Should().Be(1);
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task Get_KeyDisabledAfterARead_IsRefusedAtOnce(bool byAnotherInstance)
    {
        await _store.CreateTextAsync("name", "the value");
        await _store.ReadTextAsync("name");
        await using SecretStore other = await OpenAsync();

        await (byAnotherInstance ? other : _store).Keys.DisableKeyAsync(EncryptionKeys.Default);

        (await CodeOfAsync(() => _store.GetSecretValueAsync("name"))).Should().Be(SecretStoreErrorCodes.KeyDisabled);
        DataKeysOf(_store).Count.Should().Be(0);
        await _store.Keys.EnableKeyAsync(EncryptionKeys.Default);
        (await _store.ReadTextAsync("name")).Should().Be("the value");
    }

    [Test]
    public async Task Get_KeyDisabledBetweenRecordAndPayload_IsRefused()
    {
        var repository = new InterceptedRepository();
        await using var store = new SecretStore(repository, new KeyRing(RootKey.FromBytes(Envelope.Samples.Bytes(32))));
        await store.CreateTextAsync("name", "the value");
        repository.BeforePayload = async () => await store.Keys.DisableKeyAsync(EncryptionKeys.Default);

        (await CodeOfAsync(() => store.GetSecretValueAsync("name"))).Should().Be(SecretStoreErrorCodes.KeyDisabled);
        (await CodeOfAsync(() => store.GetSecretValueAsync("name"))).Should().Be(SecretStoreErrorCodes.KeyDisabled);
    }

    [Test]
    public async Task Get_MovedToAnotherKeyThatIsDisabled_IsRefused()
    {
        await _store.Keys.CreateKeyAsync("orders");
        await _store.CreateTextAsync("name", "the value");
        await _store.ReadTextAsync("name");
        await _store.UpdateSecretAsync("name", new UpdateSecretOptions { EncryptionKeyId = "orders" });
        await _store.ReadTextAsync("name");

        await _store.Keys.DisableKeyAsync("orders");

        (await CodeOfAsync(() => _store.GetSecretValueAsync("name"))).Should().Be(SecretStoreErrorCodes.KeyDisabled);
    }

    [Test]
    public async Task Get_AfterRotateRewrapAndReencrypt_IsTheValue()
    {
        await _store.CreateTextAsync("name", "the value");
        await _store.ReadTextAsync("name");

        await _store.Keys.RotateKeyAsync(EncryptionKeys.Default);
        (await _store.ReadTextAsync("name")).Should().Be("the value");
        await _store.Keys.RewrapAsync();
        (await _store.ReadTextAsync("name")).Should().Be("the value");
        await _store.Keys.ReencryptAsync();
        (await _store.ReadTextAsync("name")).Should().Be("the value");
    }

    [Test]
    public async Task DestroyAndDelete_AfterARead_LetTheDataKeysGo()
    {
        await _store.CreateTextAsync("name", "first");
        await _store.ReadTextAsync("name");
        await _store.PutTextAsync("name", "second");
        await _store.ReadTextAsync("name");
        DataKeysOf(_store).Count.Should().Be(2);

        await _store.DestroySecretVersionAsync("name", "v1");
        DataKeysOf(_store).Count.Should().Be(1);
        await _store.DeleteSecretAsync("name", SecretDeletion.Immediately);

        DataKeysOf(_store).Count.Should().Be(0);
    }

    [Test]
    public async Task Dispose_AfterARead_LetsTheDataKeysGo()
    {
        await _store.CreateTextAsync("name", "the value");
        await _store.ReadTextAsync("name");
        DataKeyCache dataKeys = DataKeysOf(_store);

        await _store.DisposeAsync();

        dataKeys.Count.Should().Be(0);
    }

    [Test]
    public async Task Ring_DisposedByItsOwner_LetsTheDataKeysGoAndIsNotReadWithout()
    {
        using var ring = new KeyRing(RootKey.FromBytes(Envelope.Samples.Bytes(32)));
        await using var store = new SecretStore(new InMemorySecretRepository(), ring);
        await store.CreateTextAsync("name", "the value");
        await store.ReadTextAsync("name");
        DataKeyCache dataKeys = DataKeysOf(store);

        ring.Dispose();

        dataKeys.Count.Should().Be(0);
        Func<Task> read = () => store.ReadTextAsync("name");
        await read.Should().ThrowAsync<SecretStoreException>();
    }

    [TestCase(null, 2)]
    [TestCase(0, 2)]
    [TestCase(10, 1)]
    public async Task Get_OwnProvider_IsAskedAgainUnlessTheCallerWantsACache(int? entries, int calls)
    {
        var provider = new RemoteKeyProvider();
        await using var store = new SecretStore(new InMemorySecretRepository(), provider, options: new SecretStoreOptions { DataKeyCacheEntries = entries });
        await store.CreateTextAsync("name", "the value");
        int before = provider.Calls;

        await store.ReadTextAsync("name");
        await store.ReadTextAsync("name");

        (provider.Calls - before).Should().Be(calls);
    }

    [Test]
    public async Task Get_Bounded_KeepsTheBound()
    {
        await using var store = new SecretStore(
            new InMemorySecretRepository(), new KeyRing(RootKey.FromBytes(Envelope.Samples.Bytes(32))), options: new SecretStoreOptions { DataKeyCacheEntries = 3 });
        for (int i = 0; i < 10; i++)
        {
            await store.CreateTextAsync($"name-{i}", $"value {i}");
            (await store.ReadTextAsync($"name-{i}")).Should().Be($"value {i}");
        }

        DataKeysOf(store).Count.Should().Be(3);
    }

    [TestCase(1, 4_096)]
    [TestCase(40, 4_096)]
    [TestCase(40, 8)]
    public async Task Get_EightThreadsThroughTheCache_EveryValueIsRight(int names, int entries)
    {
        await using var store = new SecretStore(
            new InMemorySecretRepository(), new KeyRing(RootKey.FromBytes(Envelope.Samples.Bytes(32))), options: new SecretStoreOptions { DataKeyCacheEntries = entries });
        string[] expected = [.. Enumerable.Range(0, names).Select(i => $"value {i} {new string((char)('a' + (i % 26)), 20 + (i * 37))}")];
        for (int i = 0; i < names; i++)
        {
            await store.CreateTextAsync($"name-{i}", expected[i]);
        }

        var wrong = new ConcurrentQueue<string>();
        long end = Environment.TickCount64 + 700;
        long reads = 0;
        Thread[] threads = [.. Enumerable.Range(0, 8).Select(thread => new Thread(() =>
        {
            for (int i = thread; Environment.TickCount64 < end; i++)
            {
                try
                {
                    using SecretValueResult result = store.GetSecretValue($"name-{i % names}");
                    if (result.Value.RevealText() != expected[i % names])
                    {
                        wrong.Enqueue($"name-{i % names}");
                    }
                }
                catch (Exception exception) when (exception is SecretStoreException or ObjectDisposedException or System.Security.Cryptography.CryptographicException)
                {
                    wrong.Enqueue(exception.Message);
                }

                Interlocked.Increment(ref reads);
            }
        }))];
        foreach (Thread thread in threads)
        {
            thread.Start();
        }

        // Clearings in between, as by a change of the ring.
        while (threads.Any(thread => thread.IsAlive))
        {
            DataKeysOf(store).Clear();
            threads[0].Join(TimeSpan.FromMilliseconds(5));
        }

        TestContext.Out.WriteLine($"{reads} reads");
        wrong.Should().BeEmpty();
        reads.Should().BeGreaterThan(1_000);
    }

    private ValueTask<SecretStore> OpenAsync() => SecretStore.OpenAsync(_directory["store"], RootKey.FromFile(_directory["root.key"]));

    private static DataKeyCache DataKeysOf(SecretStore store)
    {
        OpenStore open = store.Session.EnterAsync(default).AsTask().GetAwaiter().GetResult();
        store.Session.Leave();
        return open.DataKeys;
    }
}
