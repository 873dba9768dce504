using Microsoft.Extensions.Time.Testing;
using static EmbeddedSecrets.Tests.StoreExtensions;

namespace EmbeddedSecrets.Tests;

/// <summary>Several root keys open one store: add, list, remove, change (DESIGN K7, K9, K10).</summary>
[TestFixture]
public sealed class SecretStoreRootKeysTests
{
    private static readonly IRootKey Passphrase = RootKey.FromPassphrase("correct horse battery staple");
    private static readonly IRootKey Second = RootKey.FromBytes(Envelope.Samples.Bytes(32, 2));
    private static readonly IRootKey Third = RootKey.FromBytes(Envelope.Samples.Bytes(32, 3));

    private TemporaryDirectory _directory = null!;
    private IRootKey _file = null!;
    private SecretStore _store = null!;

    [SetUp]
    public async Task SetUpAsync()
    {
        _directory = new TemporaryDirectory();
        _file = RootKey.FromFile(_directory["root.key"]);
        _store = await OpenAsync(_file);
        await _store.CreateTextAsync("name", "value");
    }

    [TearDown]
    public async Task TearDownAsync()
    {
        await _store.DisposeAsync();
        _directory.Dispose();
    }

    [Test]
    public async Task List_NewStore_HasTheOneRootKeyInUse()
    {
        RootKeyDescription only = (await _store.Keys.ListRootKeysAsync()).Should().ContainSingle().Which;

        only.RootKeyId.Should().MatchRegex("^[0-9a-f]{16}$");
        (only.Kind, only.Description, only.IsInUse).Should().Be(("key", string.Empty, true));
        only.RequestId.Should().NotBeEmpty();
    }

    [Test]
    public async Task Add_Described_IsListedByEveryInstance()
    {
        RootKeyDescription added = await _store.Keys.AddRootKeyAsync(Second, new AddRootKeyOptions { Description = "in the safe" });
        await using SecretStore other = await OpenAsync(Second);

        IReadOnlyList<RootKeyDescription> listed = await other.Keys.ListRootKeysAsync();

        (added.Description, added.IsInUse).Should().Be(("in the safe", false));
        listed.Should().HaveCount(2);
        listed[1].Should().BeEquivalentTo(added, options => options.Excluding(key => key.RequestId).Excluding(key => key.IsInUse));
        listed.Select(key => key.IsInUse).Should().Equal(false, true);
    }

    [Test]
    public async Task Add_KeyFileIsLostAfterwards_PassphraseOpens()
    {
        await _store.Keys.AddRootKeyAsync(Passphrase);
        await _store.DisposeAsync();
        File.Delete(_directory["root.key"]);

        (await CodeOfOpeningAsync(_file)).Should().Be(SecretStoreErrorCodes.KeyMissing);
        await using SecretStore store = await OpenAsync(Passphrase);

        (await store.ReadTextAsync("name")).Should().Be("value");
    }

    [Test]
    public async Task Remove_RootKeyOfAnotherInstance_ThatOneFailsAndThisGoesOn()
    {
        await _store.Keys.AddRootKeyAsync(Second);
        await using SecretStore other = await OpenAsync(Second);
        string id = (await other.Keys.ListRootKeysAsync())[0].RootKeyId;

        await other.Keys.RemoveRootKeyAsync(id);

        (await CodeOfAsync(() => _store.DescribeSecretAsync("name"))).Should().Be(SecretStoreErrorCodes.WrongKey);
        (await CodeOfAsync(() => _store.GetSecretValueAsync("name"))).Should().Be(SecretStoreErrorCodes.WrongKey);
        (await CodeOfAsync(() => new ValueTask<SecretDescription>(_store.CreateTextAsync("other", "value")))).Should().Be(SecretStoreErrorCodes.WrongKey);
        (await CodeOfAsync(() => _store.Keys.ListRootKeysAsync())).Should().Be(SecretStoreErrorCodes.WrongKey);
        (await CodeOfOpeningAsync(_file)).Should().Be(SecretStoreErrorCodes.WrongKey);
        (await other.ReadTextAsync("name")).Should().Be("value");
        (await other.Keys.ListRootKeysAsync()).Should().ContainSingle().Which.IsInUse.Should().BeTrue();
    }

    [Test]
    public async Task Remove_RootKeyOfAnotherInstance_ItsListingFails()
    {
        await _store.Keys.AddRootKeyAsync(Second);
        await using SecretStore other = await OpenAsync(Second);
        await other.Keys.RemoveRootKeyAsync((await other.Keys.ListRootKeysAsync())[0].RootKeyId);

        (await CodeOfAsync(() => _store.ListSecretsPageAsync())).Should().Be(SecretStoreErrorCodes.WrongKey);
    }

    [Test]
    public async Task Remove_OwnRootKey_ThisInstanceFailsAsTheOthers()
    {
        await _store.Keys.AddRootKeyAsync(Second);

        await _store.Keys.RemoveRootKeyAsync((await _store.Keys.ListRootKeysAsync())[0].RootKeyId);

        (await CodeOfAsync(() => _store.GetSecretValueAsync("name"))).Should().Be(SecretStoreErrorCodes.WrongKey);
        await using SecretStore other = await OpenAsync(Second);
        (await other.ReadTextAsync("name")).Should().Be("value");
    }

    [Test]
    public async Task Remove_SlotOfARootKeyThatHasTwo_ThisInstanceGoesOn()
    {
        RootKeyDescription again = await _store.Keys.AddRootKeyAsync(_file);
        await _store.Keys.RemoveRootKeyAsync((await _store.Keys.ListRootKeysAsync())[0].RootKeyId);

        (await _store.ReadTextAsync("name")).Should().Be("value");
        (await _store.Keys.ListRootKeysAsync()).Should().ContainSingle().Which.RootKeyId.Should().Be(again.RootKeyId);
    }

    [Test]
    public async Task Remove_TheLast_IsRefused()
    {
        string id = (await _store.Keys.ListRootKeysAsync())[0].RootKeyId;

        (await CodeOfAsync(() => RemoveAsync(_store, id))).Should().Be(SecretStoreErrorCodes.ResourceInUse);

        (await _store.ReadTextAsync("name")).Should().Be("value");
    }

    [Test]
    public async Task RemoveAndChange_UnknownId_IsNotFound()
    {
        (await CodeOfAsync(() => RemoveAsync(_store, "0123456789abcdef"))).Should().Be(SecretStoreErrorCodes.KeyNotFound);
        (await CodeOfAsync(() => _store.Keys.ChangeRootKeyAsync("0123456789abcdef", Second))).Should().Be(SecretStoreErrorCodes.KeyNotFound);
    }

    [TestCase("")]
    [TestCase("0123456789abcde")]
    [TestCase("0123456789ABCDEF")]
    [TestCase(" 123456789abcdef")]
    public async Task Remove_MalformedId_IsAnArgumentException(string id)
    {
        Func<Task> remove = () => _store.Keys.RemoveRootKeyAsync(id).AsTask();
        await remove.Should().ThrowAsync<ArgumentException>();
    }

    [Test]
    public async Task Change_TheOnlyRootKey_InstanceGoesOnWithTheReplacement()
    {
        string old = (await _store.Keys.ListRootKeysAsync())[0].RootKeyId;
        await using SecretStore other = await OpenAsync(_file);

        RootKeyDescription changed = await _store.Keys.ChangeRootKeyAsync(old, Second);
        await _store.Keys.RotateKeyAsync("default");
        await using SecretStore third = await OpenAsync(Second);
        await third.Keys.RotateKeyAsync("default");

        changed.RootKeyId.Should().NotBe(old);
        changed.IsInUse.Should().BeTrue();
        (await _store.ReadTextAsync("name")).Should().Be("value", "it reloads with the replacement");
        (await _store.Keys.ListRootKeysAsync()).Should().ContainSingle().Which.RootKeyId.Should().Be(changed.RootKeyId);
        (await CodeOfAsync(() => other.GetSecretValueAsync("name"))).Should().Be(SecretStoreErrorCodes.WrongKey);
        (await CodeOfOpeningAsync(_file)).Should().Be(SecretStoreErrorCodes.WrongKey);
    }

    [Test]
    public async Task Change_AnotherRootKey_KeepsItsDescriptionAndTheOneInUse()
    {
        RootKeyDescription safe = await _store.Keys.AddRootKeyAsync(Second, new AddRootKeyOptions { Description = "safe" });

        RootKeyDescription changed = await _store.Keys.ChangeRootKeyAsync(safe.RootKeyId, Third);

        (changed.Description, changed.IsInUse).Should().Be(("safe", false));
        (await CodeOfOpeningAsync(Second)).Should().Be(SecretStoreErrorCodes.WrongKey);
        await using SecretStore other = await OpenAsync(Third);
        (await other.ReadTextAsync("name")).Should().Be("value");
        (await _store.ReadTextAsync("name")).Should().Be("value");
    }

    [Test]
    public async Task Add_MoreThanThirtyTwo_IsRefused()
    {
        string description = new('\u20ac', 1024);
        for (int i = 1; i < 32; i++)
        {
            await _store.Keys.AddRootKeyAsync(Second, new AddRootKeyOptions { Description = description });
        }

        (await CodeOfAsync(() => _store.Keys.AddRootKeyAsync(Second))).Should().Be(SecretStoreErrorCodes.LimitExceeded);
        (await _store.Keys.ListRootKeysAsync()).Should().HaveCount(32);
        await using SecretStore other = await OpenAsync(Second);
        (await other.ReadTextAsync("name")).Should().Be("value");
    }

    [Test]
    public async Task Add_RootKeyDoesNotOpenWhatItWraps_IsNeverStored()
    {
        Func<ReadOnlyMemory<byte>, RootKeyContext, CancellationToken, ValueTask<byte[]>> wrap = static (_, _, _) => new(new byte[40]);
        IRootKey broken = RootKey.FromCallbacks("broken", wrap, static (_, _, _) => new ValueTask<byte[]?>(new byte[32]));

        (await CodeOfAsync(() => _store.Keys.AddRootKeyAsync(broken))).Should().Be(SecretStoreErrorCodes.WrongKey);

        (await _store.Keys.ListRootKeysAsync()).Should().ContainSingle();
    }

    [Test]
    public async Task Add_KeyFileDoesNotExist_IsKeyMissingAndMakesNone()
    {
        (await CodeOfAsync(() => _store.Keys.AddRootKeyAsync(RootKey.FromFile(_directory["new.key"])))).Should().Be(SecretStoreErrorCodes.KeyMissing);

        File.Exists(_directory["new.key"]).Should().BeFalse();
    }

    [Test]
    public async Task Add_DescriptionTooLong_IsAnArgumentException()
    {
        Func<Task> add = () => _store.Keys.AddRootKeyAsync(Second, new AddRootKeyOptions { Description = new string('x', 1025) }).AsTask();
        await add.Should().ThrowAsync<ArgumentException>();
    }

    [Test]
    public async Task Add_ByInstancesAtOnce_LosesNone()
    {
        await using SecretStore other = await OpenAsync(_file);
        SecretStore[] stores = [_store, other];

        await Task.WhenAll(Enumerable.Range(0, 12).Select(i => Task.Run(
            () => stores[i % 2].Keys.AddRootKeyAsync(Second, new AddRootKeyOptions { Description = $"{i}" }).AsTask())));

        IEnumerable<string> listed = (await other.Keys.ListRootKeysAsync()).Skip(1).Select(key => key.Description);
        listed.Should().BeEquivalentTo(Enumerable.Range(0, 12).Select(i => $"{i}"));
    }

    [Test]
    public async Task List_AnotherInstanceHasAdded_ShowsIt()
    {
        await using SecretStore other = await OpenAsync(_file);
        await other.Keys.ListRootKeysAsync();

        RootKeyDescription added = await _store.Keys.AddRootKeyAsync(Second);
        IReadOnlyList<RootKeyDescription> listed = await other.Keys.ListRootKeysAsync();
        await other.Keys.RemoveRootKeyAsync(listed[0].RootKeyId);

        listed[1].RootKeyId.Should().Be(added.RootKeyId);
    }

    [Test]
    public async Task Remove_AnotherInstanceHasAddedJustNow_IsNotTakenForTheLast()
    {
        await using SecretStore other = await OpenAsync(_file);
        string first = (await other.Keys.ListRootKeysAsync())[0].RootKeyId;
        await _store.Keys.AddRootKeyAsync(Second);

        Func<Task> remove = () => other.Keys.RemoveRootKeyAsync(first).AsTask();

        await remove.Should().NotThrowAsync();
    }

    [Test]
    public async Task Remove_ByInstancesAtOnce_KeepsOne()
    {
        await _store.Keys.AddRootKeyAsync(Second);
        await using SecretStore other = await OpenAsync(Second);
        IReadOnlyList<RootKeyDescription> keys = await _store.Keys.ListRootKeysAsync();

        Task[] removals =
        [
            Task.Run(() => _store.Keys.RemoveRootKeyAsync(keys[1].RootKeyId).AsTask()), Task.Run(() => other.Keys.RemoveRootKeyAsync(keys[0].RootKeyId).AsTask()),
        ];
        await Task.WhenAll(removals).ContinueWith(static _ => { }, TaskScheduler.Default);

        removals.Count(static removal => removal.IsCompletedSuccessfully).Should().Be(1, "each would remove the root key of the other");
        SecretStore winner = removals[0].IsCompletedSuccessfully ? _store : other;
        (await winner.Keys.ListRootKeysAsync()).Should().ContainSingle();
    }

    [Test]
    public async Task Remove_ReadOnlyInstance_IsRefused()
    {
        await using SecretStore reader = await SecretStore.OpenAsync(_directory.Store, _file, new SecretStoreOptions { ReadOnly = true });

        (await CodeOfAsync(() => reader.Keys.AddRootKeyAsync(Second))).Should().Be(SecretStoreErrorCodes.WritesStopped);
        (await reader.Keys.ListRootKeysAsync()).Should().ContainSingle();
    }

    [Test]
    public async Task InMemory_ClockOfTheStore_IsTheCreateTime()
    {
        var start = new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
        await using SecretStore store = SecretStore.CreateInMemory(new FakeTimeProvider(start));

        (await store.Keys.AddRootKeyAsync(Second)).CreateTime.Should().Be(start);
    }

    private static async ValueTask<string> RemoveAsync(SecretStore store, string id)
    {
        await store.Keys.RemoveRootKeyAsync(id);
        return id;
    }

    private async Task<SecretStore> OpenAsync(IRootKey rootKey) => await SecretStore.OpenAsync(_directory.Store, rootKey);

    private async Task<string> CodeOfOpeningAsync(IRootKey rootKey)
    {
        Func<Task> open = async () => await (await OpenAsync(rootKey)).DisposeAsync();
        return (await open.Should().ThrowAsync<SecretStoreException>()).Which.Code;
    }
}
