using static EmbeddedSecrets.Tests.StoreExtensions;

namespace EmbeddedSecrets.Tests.Pipeline;

/// <summary>Moving a secret to another encryption key (DESIGN K2, K7).</summary>
[TestFixture]
public sealed class KeyMoveTests
{
    private InterceptedRepository _repository = null!;
    private SecretStore _store = null!;

    [SetUp]
    public async Task SetUp()
    {
        _repository = new InterceptedRepository();
        _store = new SecretStore(_repository, new KeyRing(RootKey.FromBytes(Envelope.Samples.Bytes(32))));
        await _store.Keys.CreateKeyAsync("old");
        await _store.Keys.CreateKeyAsync("new");
        await _store.CreateTextAsync("secret", "one", "old");
        await _store.PutTextAsync("secret", "two");
    }

    [TearDown]
    public async Task TearDown()
    {
        await _store.DisposeAsync();
        await _repository.DisposeAsync();
    }

    [Test]
    public async Task Update_OtherKey_FreesTheOldOne()
    {
        SecretDescription before = await _store.DescribeSecretAsync("secret");

        SecretDescription moved = await MoveAsync("new");
        await _store.Keys.DisableKeyAsync("old");

        moved.EncryptionKeyId.Should().Be("new");
        moved.Revision.Should().NotBe(before.Revision);
        (await _store.ReadTextAsync("secret", "v1")).Should().Be("one");
        (await _store.ReadTextAsync("secret", "v2")).Should().Be("two");
        await _store.PutTextAsync("secret", "three");
        (await _store.Keys.ScheduleKeyDeletionAsync("old")).State.Should().Be(EncryptionKeyState.PendingDeletion, "nothing uses it any more");
    }

    [Test]
    public async Task Update_SameKey_ChangesNothing()
    {
        SecretDescription before = await _store.DescribeSecretAsync("secret");

        (await MoveAsync("old")).Revision.Should().Be(before.Revision);
    }

    [TestCase("absent", SecretStoreErrorCodes.KeyNotFound)]
    [TestCase("disabled", SecretStoreErrorCodes.KeyDisabled)]
    public async Task Update_KeyCannotBeUsed_ChangesNothing(string keyId, string code)
    {
        await _store.Keys.CreateKeyAsync("disabled");
        await _store.Keys.DisableKeyAsync("disabled");

        (await CodeOfAsync(() => new ValueTask<SecretDescription>(MoveAsync(keyId)))).Should().Be(code);

        (await _store.DescribeSecretAsync("secret")).EncryptionKeyId.Should().Be("old");
        (await _store.ReadTextAsync("secret")).Should().Be("two");
    }

    [Test]
    public async Task Update_ReservedKey_IsAnArgumentException()
    {
        Func<Task> move = () => MoveAsync("acs/store");
        await move.Should().ThrowAsync<ArgumentException>();
    }

    [Test]
    public async Task Update_OneVersionIsDestroyed_MovesTheOthers()
    {
        await _store.PutTextAsync("secret", "three");
        await _store.DestroySecretVersionAsync("secret", "v1");

        await MoveAsync("new");

        (await _store.ReadTextAsync("secret", "v2")).Should().Be("two");
    }

    [Test]
    public async Task Get_SecretMovesAndTheOldKeyIsDisabledMeanwhile_ReadsTheValue()
    {
        _repository.BeforePayload = async () =>
        {
            await MoveAsync("new");
            await _store.Keys.DisableKeyAsync("old");
        };

        (await _store.ReadTextAsync("secret")).Should().Be("two");
    }

    [Test]
    public async Task Put_SecretMovesAndTheOldKeyIsDisabledMeanwhile_PutsUnderTheNewKey()
    {
        _repository.AfterFind = async () =>
        {
            await MoveAsync("new");
            await _store.Keys.DisableKeyAsync("old");
        };

        await _store.PutTextAsync("secret", "three");

        (await _store.ReadTextAsync("secret")).Should().Be("three");
    }

    [Test]
    public async Task Update_ReopenedStore_ReadsUnderTheNewKey()
    {
        using var directory = new TemporaryDirectory();
        await using (SecretStore store = await SecretStore.OpenAsync(directory["store"], RootKey.FromFile(directory["root.key"])))
        {
            await store.Keys.CreateKeyAsync("new");
            await store.CreateTextAsync("secret", "value");
            await store.UpdateSecretAsync("secret", new UpdateSecretOptions { EncryptionKeyId = "new" });
            await store.Keys.DisableKeyAsync("default");
        }

        await using SecretStore again = await SecretStore.OpenAsync(directory["store"], RootKey.FromFile(directory["root.key"]));
        (await again.ReadTextAsync("secret")).Should().Be("value");
    }

    [Test]
    public async Task Update_ProviderOfOnesOwn_WrapsUnderTheOtherKey()
    {
        var provider = new RemoteKeyProvider();
        await using var store = new SecretStore(new InMemorySecretRepository(), provider);
        await store.CreateTextAsync("secret", "value");

        (await store.UpdateSecretAsync("secret", new UpdateSecretOptions { EncryptionKeyId = "elsewhere" })).EncryptionKeyId.Should().Be("elsewhere");

        (await store.ReadTextAsync("secret")).Should().Be("value");
    }

    private async Task<SecretDescription> MoveAsync(string keyId)
    {
        return await _store.UpdateSecretAsync("secret", new UpdateSecretOptions { EncryptionKeyId = keyId });
    }
}
