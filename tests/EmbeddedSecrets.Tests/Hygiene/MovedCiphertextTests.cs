using EmbeddedSecrets.Pipeline;
using EmbeddedSecrets.Tests.Pipeline;
using static EmbeddedSecrets.Tests.StoreExtensions;

namespace EmbeddedSecrets.Tests.Hygiene;

/// <summary>A repository that hands out what belongs elsewhere: one Tampered failure, also for a data key that is in the cache (DESIGN K2, K9).</summary>
[TestFixture]
public sealed class MovedCiphertextTests
{
    private InterceptedRepository _repository = null!;
    private SecretStore _store = null!;

    [SetUp]
    public async Task SetUp()
    {
        _repository = new InterceptedRepository();
        _store = new SecretStore(_repository, new KeyRing(RootKey.FromBytes(Envelope.Samples.Bytes(32))), options: new SecretStoreOptions { RecordCacheEntries = 0 });
        await _store.CreateTextAsync("a", "the value of a");
        await _store.CreateTextAsync("b", "the value of b");
        await _store.PutTextAsync("b", "the next one  ");
    }

    [TearDown]
    public async Task TearDown()
    {
        await _store.DisposeAsync();
        await _repository.DisposeAsync();
    }

    [Test]
    public async Task Get_RecordOfAnotherName_IsTampered()
    {
        RepositoryRecord other = (await _repository.FindAsync("a"))!.Value;
        _repository.ReplaceRecord = record => record with { Stamp = other.Stamp, Sealed = other.Sealed };

        (await CodeOfAsync(() => _store.GetSecretValueAsync("b"))).Should().Be(SecretStoreErrorCodes.Tampered);
    }

    [Test]
    public async Task Get_OlderRecordUnderTheNewRevision_IsTampered()
    {
        RepositoryRecord older = (await _repository.FindAsync("b"))!.Value;
        await _store.PutTextAsync("b", "the newest");
        _repository.ReplaceRecord = record => record with { Sealed = older.Sealed };

        (await CodeOfAsync(() => _store.GetSecretValueAsync("b"))).Should().Be(SecretStoreErrorCodes.Tampered);
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task Get_PayloadOfAnotherSecret_IsTampered(bool cached)
    {
        UniqueId payload = await PayloadOfAsync("a", "v1");
        await ReadIfAsync(cached);
        _repository.ReplacePayload = _ => payload;

        (await CodeOfAsync(() => _store.GetSecretValueAsync("b"))).Should().Be(SecretStoreErrorCodes.Tampered);
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task Get_PayloadOfAnotherVersion_IsTampered(bool cached)
    {
        UniqueId payload = await PayloadOfAsync("b", "v1");
        await ReadIfAsync(cached);
        _repository.ReplacePayload = _ => payload;

        (await CodeOfAsync(() => _store.GetSecretValueAsync("b"))).Should().Be(SecretStoreErrorCodes.Tampered);
    }

    [Test]
    public async Task Get_RecordOfAnotherStoreWithTheSameRootKey_IsTampered()
    {
        var repository = new InterceptedRepository();
        await using var other = new SecretStore(repository, new KeyRing(RootKey.FromBytes(Envelope.Samples.Bytes(32))));
        await other.CreateTextAsync("b", "planted");
        RepositoryRecord planted = (await repository.FindAsync("b"))!.Value;
        _repository.ReplaceRecord = _ => planted;

        (await CodeOfAsync(() => _store.GetSecretValueAsync("b"))).Should().Be(SecretStoreErrorCodes.Tampered);
    }

    [Test]
    public async Task Unwrap_LabelledWithAnotherKeyOrGeneration_IsNotAuthentic()
    {
        await _store.Keys.CreateKeyAsync("orders");
        await _store.Keys.RotateKeyAsync(EncryptionKeys.Default);
        OpenStore open = await _store.Session.EnterAsync(default);
        _store.Session.Leave();
        WrappedDataKey wrapped = await open.Ring!.GenerateDataKeyAsync(EncryptionKeys.Default, default, new byte[32]);

        foreach (WrappedDataKey relabelled in new[] { new WrappedDataKey("orders", 1, wrapped.Ciphertext), new WrappedDataKey(EncryptionKeys.Default, 1, wrapped.Ciphertext) })
        {
            Func<Task> unwrap = () => open.Ring.UnwrapAsync(relabelled, default, new byte[32]).AsTask();
            await unwrap.Should().ThrowAsync<System.Security.Cryptography.AuthenticationTagMismatchException>();
        }
    }

    private async Task ReadIfAsync(bool cached)
    {
        if (cached)
        {
            (await _store.ReadTextAsync("b")).Should().Be("the next one  ");
        }
    }

    private async Task<UniqueId> PayloadOfAsync(string name, string versionId)
    {
        OpenStore open = await _store.Session.EnterAsync(default);
        _store.Session.Leave();
        StoredSecret stored = (await open.LoadAsync(name, default))!;
        return stored.Secret.Versions.Single(version => version.VersionId == versionId).Content!.PayloadId;
    }
}
