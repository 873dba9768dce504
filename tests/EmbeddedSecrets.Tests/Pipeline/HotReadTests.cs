using EmbeddedSecrets.Pipeline;
using Microsoft.Extensions.Time.Testing;

namespace EmbeddedSecrets.Tests.Pipeline;

/// <summary>A value that was read before is read the short way; whatever changes meanwhile must be seen by the very next read.</summary>
[TestFixture]
public sealed class HotReadTests
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 5, 1, 0, 0, 0, TimeSpan.Zero));

    private TemporaryDirectory _directory = null!;
    private SecretStore _store = null!;
    private SecretStore _other = null!;

    [SetUp]
    public async Task OpenTwice()
    {
        _directory = new TemporaryDirectory();
        _store = Open();
        _other = Open();
        using SecretValue first = SecretValue.FromText("first");
        await _store.CreateSecretAsync("a", first);
        await _store.CreateSecretAsync("b", first);
    }

    [TearDown]
    public void Close()
    {
        _other.Dispose();
        _store.Dispose();
        _directory.Dispose();
    }

    [Test]
    public void Get_ReadBefore_TakesTheShortWay()
    {
        Heat("a").Should().NotBeNull("a second read needs no look-up of the record");
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task Get_PutMeanwhile_ReturnsTheNewValue(bool byAnother)
    {
        Heat("a");
        for (int i = 0; i < 20; i++)
        {
            using SecretValue value = SecretValue.FromText($"value {i}");
            await (byAnother ? _other : _store).PutSecretValueAsync("a", value);
            Read("a").Should().Be($"value {i}");
            Read("a").Should().Be($"value {i}");
        }
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task Get_CurrentMovedBack_ReturnsTheOldValue(bool byAnother)
    {
        using SecretValue second = SecretValue.FromText("second");
        await _store.PutSecretValueAsync("a", second);
        Heat("a");
        await (byAnother ? _other : _store).UpdateSecretVersionStageAsync("a", SecretStages.Current, VersionStageMove.To("v1"));
        Read("a").Should().Be("first");
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task Get_DeletedMeanwhile_IsRefused(bool byAnother)
    {
        Heat("a");
        Heat("b");
        await (byAnother ? _other : _store).DeleteSecretAsync("a");
        await (byAnother ? _other : _store).DeleteSecretAsync("b", SecretDeletion.Immediately);
        CodeOf("a").Should().Be(SecretStoreErrorCodes.ResourceInDeleteWindow);
        CodeOf("b").Should().Be(SecretStoreErrorCodes.ResourceNotFound);
    }

    [TestCase(true)]
    [TestCase(false)]
    public void Get_RingDisposedByItsOwner_IsTheSameFailureEitherWay(bool readBefore)
    {
        using var ring = new KeyRing(RootKey.FromFile(_directory["root.key"]));
        using var store = new SecretStore(new FileSecretRepository(_directory["store"]), ring, options: new SecretStoreOptions { DataKeyCacheEntries = 0, TimeProvider = _clock });
        store.GetSecretValue("b").Dispose();
        if (readBefore)
        {
            store.GetSecretValue("a").Dispose();
            store.GetSecretValue("a").Dispose();
        }

        ring.Dispose();

        FluentActions.Invoking(() => store.GetSecretValue("a")).Should().Throw<SecretUnavailableException>();
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task Get_KeyDisabledMeanwhile_IsRefused(bool byAnother)
    {
        Heat("a");
        await (byAnother ? _other : _store).Keys.DisableKeyAsync(EncryptionKeys.Default);
        CodeOf("a").Should().Be(SecretStoreErrorCodes.KeyDisabled);
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task Get_CompactedAndPutMeanwhile_ReturnsTheNewValue(bool byAnother)
    {
        Heat("a");
        SecretStore changing = byAnother ? _other : _store;
        await changing.Maintenance.CompactAsync();
        Read("a").Should().Be("first");
        Heat("a");
        using SecretValue second = SecretValue.FromText("second");
        await changing.PutSecretValueAsync("a", second);
        await changing.Maintenance.CompactAsync();
        Read("a").Should().Be("second");
    }

    [Test]
    public async Task Get_ValidityEndsMeanwhile_IsRefused()
    {
        await _store.UpdateSecretVersionAsync("a", "v1", new UpdateSecretVersionOptions { Validity = new SecretVersionValidity(null, _clock.GetUtcNow().AddMinutes(10), false) });
        Heat("a");
        _clock.Advance(TimeSpan.FromMinutes(10));
        CodeOf("a").Should().Be(SecretStoreErrorCodes.Unavailable);
    }

    [Test]
    public async Task Get_DeletedAndCreatedAgain_ReturnsTheNewValue()
    {
        Heat("a");
        await _other.DeleteSecretAsync("a", SecretDeletion.Immediately);
        using SecretValue second = SecretValue.FromText("another secret");
        await _other.CreateSecretAsync("a", second);
        Read("a").Should().Be("another secret");
    }

    [TestCase("a", true)]
    [TestCase("no good name!", false)]
    public async Task Get_AlreadyCancelled_IsSaidAfterABadName(string name, bool isCancelled)
    {
        Heat("a");
        Func<Task> get = async () => (await _store.GetSecretValueAsync(name, default, new CancellationToken(canceled: true))).Dispose();
        if (isCancelled)
        {
            await get.Should().ThrowAsync<OperationCanceledException>();
        }
        else
        {
            await get.Should().ThrowAsync<ArgumentException>();
        }
    }

    [Test]
    public async Task Get_PolicyOfAHotSecret_BindsAView()
    {
        Heat("a");
        await _store.SetSecretPolicyAsync("a", """{"Version":"1","Statement":[{"Effect":"Deny","Principal":{"RAM":["*"]},"Action":["kms:*"],"Resource":["*"]}]}""");
        Heat("a");
        FluentActions.Invoking(() => _store.WithPrincipal("anna").GetSecretValue("a")).Should().Throw<SecretNotFoundException>();
    }

    [TestCase(0, false)]
    [TestCase(10, true)]
    public async Task Get_ProviderOfOnesOwn_TakesTheShortWayOnlyWithDataKeysAtHand(int dataKeys, bool isShort)
    {
        await using var store = new SecretStore(
            new FileSecretRepository(_directory["own"]), new RemoteKeyProvider(), options: new SecretStoreOptions { DataKeyCacheEntries = dataKeys });
        using SecretValue value = SecretValue.FromText("first");
        await store.CreateSecretAsync("a", value);
        for (int i = 0; i < 3; i++)
        {
            using SecretValueResult result = await store.GetSecretValueAsync("a");
            result.Value.RevealText().Should().Be("first");
        }

        OpenStore open = store.Session.TryEnter()!;
        bool isHot = open.FindHot("a", out _) is not null;
        store.Session.Leave();

        isHot.Should().Be(isShort);
    }

    private SecretStore Open() => SecretStore.Open(
        _directory["store"], RootKey.FromFile(_directory["root.key"]), new SecretStoreOptions { TimeProvider = _clock });

    private HotSecret? Heat(string name)
    {
        Read(name);
        Read(name);
        Read(name);
        return _store.Session.TryEnter() is { } open ? Hot(open, name) : null;
    }

    private HotSecret? Hot(OpenStore open, string name)
    {
        try
        {
            return open.FindHot(name, out _);
        }
        finally
        {
            _store.Session.Leave();
        }
    }

    private string Read(string name)
    {
        using SecretValueResult result = _store.GetSecretValue(name);
        return result.Value.RevealText();
    }

    private string CodeOf(string name) => FluentActions.Invoking(() => _store.GetSecretValue(name)).Should().Throw<SecretStoreException>().Which.Code;
}
