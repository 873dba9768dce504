using EmbeddedSecrets.Tests.Repositories;
using static EmbeddedSecrets.Tests.StoreExtensions;

namespace EmbeddedSecrets.Tests.Pipeline;

/// <summary>New data keys and new ciphertexts (DESIGN K7).</summary>
[TestFixture]
public sealed class ValueReencryptionTests
{
    private RecordingRepository _recorded = null!;
    private SecretStore _store = null!;

    [SetUp]
    public async Task SetUp()
    {
        _recorded = new RecordingRepository(new InMemorySecretRepository());
        _store = new SecretStore(_recorded, new KeyRing(RootKey.FromBytes(Envelope.Samples.Bytes(32))));
        await _store.Keys.CreateKeyAsync("other");
        await _store.CreateTextAsync("a", "one");
        await _store.PutTextAsync("a", "two");
        await _store.CreateTextAsync("b", "three", "other");
    }

    [TearDown]
    public async Task TearDown()
    {
        await _store.DisposeAsync();
        await _recorded.DisposeAsync();
    }

    [Test]
    public async Task Reencrypt_All_EveryVersionHasANewPayload()
    {
        SecretDescription before = await _store.DescribeSecretAsync("a");
        int payloads = _recorded.Payloads.Count;

        ReencryptResult result = await _store.Keys.ReencryptAsync();

        result.Reencrypted.Should().Be(3);
        (_recorded.Payloads.Count - payloads).Should().Be(3);
        (await _store.DescribeSecretAsync("a")).Revision.Should().Be(before.Revision);
        (await _store.ReadTextAsync("a", "v1")).Should().Be("one");
        (await _store.ReadTextAsync("a")).Should().Be("two");
        (await _store.ReadTextAsync("b")).Should().Be("three");
    }

    [Test]
    public async Task Reencrypt_AfterRotation_MovesToTheCurrentGeneration()
    {
        await _store.Keys.RotateKeyAsync("other");

        (await _store.Keys.ReencryptAsync(new ReencryptOptions { KeyId = "other" })).Reencrypted.Should().Be(1);

        (await _store.Keys.RewrapAsync()).DroppedGenerations.Should().Equal(new EncryptionKeyGenerationId("other", 1));
        (await _store.ReadTextAsync("b")).Should().Be("three");
    }

    [Test]
    public async Task Reencrypt_Names_LeavesTheOthers()
    {
        int payloads = _recorded.Payloads.Count;

        (await _store.Keys.ReencryptAsync(new ReencryptOptions { Names = ["a"] })).Reencrypted.Should().Be(2);

        (_recorded.Payloads.Count - payloads).Should().Be(2);
    }

    [Test]
    public async Task Reencrypt_NameIsAbsent_ChangesNothing()
    {
        int payloads = _recorded.Payloads.Count;

        (await CodeOfAsync(() => _store.Keys.ReencryptAsync(new ReencryptOptions { Names = ["a", "absent"] }))).Should().Be(SecretStoreErrorCodes.ResourceNotFound);

        _recorded.Payloads.Count.Should().Be(payloads);
    }

    [Test]
    public async Task Reencrypt_KeyAndNames_IsAnArgumentException()
    {
        Func<Task> call = () => _store.Keys.ReencryptAsync(new ReencryptOptions { KeyId = "other", Names = ["a"] }).AsTask();

        await call.Should().ThrowAsync<ArgumentException>();
    }

    [Test]
    public async Task Reencrypt_File_OldPayloadsAreErased()
    {
        using var directory = new TemporaryDirectory();
        await using SecretStore store = await SecretStore.OpenAsync(directory["store"], RootKey.FromFile(directory["root.key"]));
        await store.CreateTextAsync("a", "value");

        (await store.Keys.ReencryptAsync()).Reencrypted.Should().Be(1);
        await store.Maintenance.CompactAsync();
        await store.Maintenance.WaitForErasureAsync();

        (await store.ReadTextAsync("a")).Should().Be("value");
    }

    [Test]
    public async Task ProviderOfOnesOwn_RewrapsReencryptsAndCounts()
    {
        await using var store = new SecretStore(new InMemorySecretRepository(), new RemoteKeyProvider());
        await store.CreateTextAsync("a", "value");

        (await store.Keys.RewrapAsync()).Rewrapped.Should().Be(1, "a generation of 0 does not tell");
        (await store.Keys.ReencryptAsync()).Reencrypted.Should().Be(1);

        (await store.Keys.GetKeyUsageAsync()).Should().Equal(new KeyUsage("default", 0, 1));
        (await store.ReadTextAsync("a")).Should().Be("value");
    }

    [Test]
    public async Task ProviderOfOnesOwn_AnswersWithTheStoredGeneration_WritesNothing()
    {
        var repository = new InMemorySecretRepository();
        await using var store = new SecretStore(repository, new RemoteKeyProvider { Generation = 7 });
        await store.CreateTextAsync("a", "value");
        long before = await repository.WaitForChangeAsync(-1);

        (await store.Keys.RewrapAsync()).AlreadyCurrent.Should().Be(1);

        (await repository.WaitForChangeAsync(-1)).Should().Be(before);
    }
}
