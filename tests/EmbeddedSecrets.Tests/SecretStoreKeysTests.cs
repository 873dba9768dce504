using System.Text.Json;
using EmbeddedSecrets.Tests.Pipeline;
using Microsoft.Extensions.Time.Testing;
using static EmbeddedSecrets.Tests.StoreExtensions;

namespace EmbeddedSecrets.Tests;

/// <summary>The encryption keys of a store, as an operator manages them (SPEC sections 2.5, 2.6; DESIGN K7, K8).</summary>
[TestFixture]
public sealed class SecretStoreKeysTests
{
    private static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private FakeTimeProvider _clock = null!;
    private SecretStore _store = null!;

    [SetUp]
    public void SetUp()
    {
        _clock = new FakeTimeProvider(Start);
        _store = SecretStore.CreateInMemory(_clock);
    }

    [TearDown]
    public void TearDown()
    {
        _store.Dispose();
    }

    [Test]
    public async Task Create_WithOptions_IsDescribed()
    {
        EncryptionKeyDescription made = await _store.Keys.CreateKeyAsync("orders", new CreateKeyOptions { Description = "of orders", RotationPeriod = TimeSpan.FromDays(90) });
        EncryptionKeyDescription described = await _store.Keys.DescribeKeyAsync("orders");

        described.Should().BeEquivalentTo(made, options => options.Excluding(key => key.RequestId));
        described.KeyId.Should().Be("orders");
        described.State.Should().Be(EncryptionKeyState.Enabled);
        described.CurrentGeneration.Should().Be(1);
        described.Generations.Should().ContainSingle().Which.CreateTime.Should().Be(Start);
        described.CreateTime.Should().Be(Start);
        described.PlannedDeleteTime.Should().BeNull();
        described.Description.Should().Be("of orders");
        described.RotationPeriod.Should().Be(TimeSpan.FromDays(90));
        described.NextRotationTime.Should().Be(Start.AddDays(90));
        described.RequestId.Should().NotBe(made.RequestId).And.NotBeEmpty();
    }

    [Test]
    public async Task Create_IdIsTaken_IsRefused()
    {
        (await CodeOfAsync(() => _store.Keys.CreateKeyAsync("default"))).Should().Be(SecretStoreErrorCodes.ResourceExist);
    }

    [TestCase("")]
    [TestCase("with space")]
    [TestCase("acs/store")]
    [TestCase("acs/other")]
    public async Task AnyMember_IdBreaksItsRule_IsAnArgumentException(string keyId)
    {
        Func<string, Task>[] members =
        [
            id => _store.Keys.CreateKeyAsync(id).AsTask(), id => _store.Keys.DescribeKeyAsync(id).AsTask(), id => _store.Keys.EnableKeyAsync(id).AsTask(),
            id => _store.Keys.DisableKeyAsync(id).AsTask(), id => _store.Keys.RotateKeyAsync(id).AsTask(),
            id => _store.Keys.ScheduleKeyDeletionAsync(id).AsTask(), id => _store.Keys.CancelKeyDeletionAsync(id).AsTask(),
        ];
        foreach (Func<string, Task> member in members)
        {
            Func<Task> call = () => member(keyId);
            await call.Should().ThrowAsync<ArgumentException>();
        }
    }

    [TestCase(0.9)]
    [TestCase(3_651)]
    public async Task Create_PeriodOutOfRange_IsAnArgumentException(double days)
    {
        Func<Task> create = () => _store.Keys.CreateKeyAsync("key", new CreateKeyOptions { RotationPeriod = TimeSpan.FromDays(days) }).AsTask();
        await create.Should().ThrowAsync<ArgumentOutOfRangeException>();
    }

    [TestCase(6.9)]
    [TestCase(366.1)]
    public async Task Schedule_WindowOutOfRange_IsAnArgumentException(double days)
    {
        await _store.Keys.CreateKeyAsync("key");
        Func<Task> schedule = () => _store.Keys.ScheduleKeyDeletionAsync("key", TimeSpan.FromDays(days)).AsTask();
        await schedule.Should().ThrowAsync<ArgumentOutOfRangeException>();
    }

    [Test]
    public async Task AnyMember_KeyIsAbsent_IsKeyNotFound()
    {
        Func<ValueTask<EncryptionKeyDescription>>[] calls =
        [
            () => _store.Keys.DescribeKeyAsync("absent"), () => _store.Keys.EnableKeyAsync("absent"), () => _store.Keys.DisableKeyAsync("absent"),
            () => _store.Keys.RotateKeyAsync("absent"), () => _store.Keys.ScheduleKeyDeletionAsync("absent"), () => _store.Keys.CancelKeyDeletionAsync("absent"),
        ];
        foreach (Func<ValueTask<EncryptionKeyDescription>> call in calls)
        {
            (await CodeOfAsync(call)).Should().Be(SecretStoreErrorCodes.KeyNotFound);
        }
    }

    [Test]
    public async Task List_SeveralKeys_AreInOrdinalOrderWithoutTheStoresOwn()
    {
        await _store.Keys.CreateKeyAsync("b");
        await _store.Keys.CreateKeyAsync("Z");
        await _store.Keys.DisableKeyAsync("b");

        IReadOnlyList<EncryptionKeyDescription> keys = await _store.Keys.ListKeysAsync();

        keys.Select(key => key.KeyId).Should().Equal("Z", "b", "default");
    }

    [Test]
    public async Task Disable_KeyOfASecret_BlocksValuesOnly()
    {
        await _store.Keys.CreateKeyAsync("key");
        await _store.CreateTextAsync("secret", "value", "key");
        (await _store.Keys.DisableKeyAsync("key")).State.Should().Be(EncryptionKeyState.Disabled);

        (await CodeOfAsync(() => _store.GetSecretValueAsync("secret"))).Should().Be(SecretStoreErrorCodes.KeyDisabled);
        (await CodeOfAsync(() => new ValueTask<SecretVersionDescription>(_store.PutTextAsync("secret", "new")))).Should().Be(SecretStoreErrorCodes.KeyDisabled);
        (await _store.DescribeSecretAsync("secret")).EncryptionKeyId.Should().Be("key");
        await _store.UpdateSecretAsync("secret", new UpdateSecretOptions { Description = "still writable" });
        await _store.CreateTextAsync("other", "under default");

        await _store.Keys.EnableKeyAsync("key");
        (await _store.ReadTextAsync("secret")).Should().Be("value");
    }

    [Test]
    public async Task Rotate_Key_PutsUnderTheNewGenerationAndReadsTheOld()
    {
        var ring = new KeyRing(RootKey.FromBytes(Envelope.Samples.Bytes(32)), _clock);
        await using var store = new SecretStore(new InMemorySecretRepository(), ring, options: new SecretStoreOptions { TimeProvider = _clock });
        await store.CreateTextAsync("secret", "one");
        _clock.Advance(TimeSpan.FromDays(1));

        EncryptionKeyDescription rotated = await store.Keys.RotateKeyAsync("default");
        await store.PutTextAsync("secret", "two");

        rotated.CurrentGeneration.Should().Be(2);
        rotated.Generations.Select(generation => (generation.Number, generation.CreateTime)).Should().Equal((1, Start), (2, Start.AddDays(1)));
        (await ring.GenerateDataKeyAsync("default", default, new byte[32])).Generation.Should().Be(2);
        (await store.ReadTextAsync("secret", "v1")).Should().Be("one");
        (await store.ReadTextAsync("secret", "v2")).Should().Be("two");
    }

    [Test]
    public async Task Operations_InTheWrongState_AreRefused()
    {
        await _store.Keys.CreateKeyAsync("key");
        (await CodeOfAsync(() => _store.Keys.CancelKeyDeletionAsync("key"))).Should().Be(SecretStoreErrorCodes.ResourceInUse);
        await _store.Keys.DisableKeyAsync("key");
        (await CodeOfAsync(() => _store.Keys.RotateKeyAsync("key"))).Should().Be(SecretStoreErrorCodes.KeyDisabled);

        await _store.Keys.ScheduleKeyDeletionAsync("key");

        foreach (Func<ValueTask<EncryptionKeyDescription>> call in (Func<ValueTask<EncryptionKeyDescription>>[])[
            () => _store.Keys.EnableKeyAsync("key"), () => _store.Keys.DisableKeyAsync("key"), () => _store.Keys.RotateKeyAsync("key"), () => _store.Keys.ScheduleKeyDeletionAsync("key")])
        {
            (await CodeOfAsync(call)).Should().Be(SecretStoreErrorCodes.KeyPendingDeletion);
        }
    }

    [Test]
    public async Task Schedule_ThenCancel_LeavesTheKeyDisabled()
    {
        await _store.Keys.CreateKeyAsync("key");
        EncryptionKeyDescription scheduled = await _store.Keys.ScheduleKeyDeletionAsync("key");
        EncryptionKeyDescription cancelled = await _store.Keys.CancelKeyDeletionAsync("key");

        (scheduled.State, scheduled.PlannedDeleteTime).Should().Be((EncryptionKeyState.PendingDeletion, Start.AddDays(30)));
        (cancelled.State, cancelled.PlannedDeleteTime).Should().Be((EncryptionKeyState.Disabled, null));
    }

    [Test]
    public async Task Schedule_KeyIsInUse_SaysByHowManySecrets()
    {
        await _store.Keys.CreateKeyAsync("key");
        await _store.CreateTextAsync("a", "value", "key");
        await _store.CreateTextAsync("b", "value", "key");
        await _store.CreateTextAsync("c", "value");
        await _store.DeleteSecretAsync("b");
        Func<Task> schedule = () => _store.Keys.ScheduleKeyDeletionAsync("key").AsTask();

        (await schedule.Should().ThrowAsync<SecretConflictException>().WithMessage("*2 secrets use it*EvenIfInUse*")).Which.Code.Should().Be(SecretStoreErrorCodes.ResourceInUse);
        (await _store.Keys.DescribeKeyAsync("key")).State.Should().Be(EncryptionKeyState.Enabled);
    }

    [Test]
    public async Task Schedule_EvenIfInUse_BlocksTheValues()
    {
        await _store.Keys.CreateKeyAsync("key");
        await _store.CreateTextAsync("secret", "value", "key");

        await _store.Keys.ScheduleKeyDeletionAsync("key", options: new ScheduleKeyDeletionOptions { EvenIfInUse = true });

        (await CodeOfAsync(() => _store.GetSecretValueAsync("secret"))).Should().Be(SecretStoreErrorCodes.KeyPendingDeletion);
        (await CodeOfAsync(() => new ValueTask<SecretVersionDescription>(_store.PutTextAsync("secret", "new")))).Should().Be(SecretStoreErrorCodes.KeyPendingDeletion);
        (await _store.DescribeSecretAsync("secret")).Name.Should().Be("secret");
    }

    [Test]
    public async Task Schedule_KeyOfSecretsThatNameNone_IsRefused()
    {
        await using var store = new SecretStore(new InMemorySecretRepository(), new KeyRing(RootKey.FromBytes(Envelope.Samples.Bytes(32))), options: new SecretStoreOptions { DefaultEncryptionKeyId = "mine" });
        await store.Keys.CreateKeyAsync("mine");
        var force = new ScheduleKeyDeletionOptions { EvenIfInUse = true };

        (await CodeOfAsync(() => store.Keys.ScheduleKeyDeletionAsync("mine", options: force))).Should().Be(SecretStoreErrorCodes.ResourceInUse);
        (await CodeOfAsync(() => store.Keys.ScheduleKeyDeletionAsync("default", options: force))).Should().Be(SecretStoreErrorCodes.ResourceInUse);
    }

    [Test]
    public async Task Keys_OfAStoreOnDisk_AreThereAfterReopening()
    {
        using var directory = new TemporaryDirectory();
        await using (SecretStore store = await SecretStore.OpenAsync(directory["store"], RootKey.FromFile(directory["root.key"])))
        {
            await store.Keys.CreateKeyAsync("key", new CreateKeyOptions { Description = "text", RotationPeriod = TimeSpan.FromDays(7) });
            await store.CreateTextAsync("secret", "one", "key");
            await store.Keys.RotateKeyAsync("key");
            await store.PutTextAsync("secret", "two");
            await store.Keys.CreateKeyAsync("old");
            await store.Keys.ScheduleKeyDeletionAsync("old");
        }

        await using SecretStore again = await SecretStore.OpenAsync(directory["store"], RootKey.FromFile(directory["root.key"]), new SecretStoreOptions { ReadOnly = true });
        EncryptionKeyDescription key = await again.Keys.DescribeKeyAsync("key");
        (key.CurrentGeneration, key.Description, key.RotationPeriod).Should().Be((2, "text", TimeSpan.FromDays(7)));
        (await again.Keys.ListKeysAsync()).Select(k => k.State).Should().Equal(EncryptionKeyState.Enabled, EncryptionKeyState.Enabled, EncryptionKeyState.PendingDeletion);
        (await again.ReadTextAsync("secret", "v1")).Should().Be("one");
        (await again.ReadTextAsync("secret", "v2")).Should().Be("two");
        (await CodeOfAsync(() => again.Keys.RotateKeyAsync("key"))).Should().Be(SecretStoreErrorCodes.WritesStopped, "it was opened for reading only");
    }

    [Test]
    public async Task AnyMember_ProviderOfOnesOwn_IsNotSupported()
    {
        await using var store = new SecretStore(new InMemorySecretRepository(), new RemoteKeyProvider());
        foreach (Func<Task> call in (Func<Task>[])[
            () => store.Keys.CreateKeyAsync("a").AsTask(), () => store.Keys.DescribeKeyAsync("a").AsTask(), () => store.Keys.ListKeysAsync().AsTask(), () => store.Keys.EnableKeyAsync("a").AsTask(),
            () => store.Keys.DisableKeyAsync("a").AsTask(), () => store.Keys.RotateKeyAsync("a").AsTask(), () => store.Keys.ScheduleKeyDeletionAsync("a").AsTask(), () => store.Keys.CancelKeyDeletionAsync("a").AsTask()])
        {
            await call.Should().ThrowAsync<NotSupportedException>().WithMessage("*Manage them there*");
        }
    }

    [Test]
    public async Task Create_RingIsFull_IsLimitExceededAndNothingChanges()
    {
        var options = new CreateKeyOptions { Description = new string('\u4e2d', 8_192) };
        int made = 0;
        string? code = null;
        while (code is null && made < 100)
        {
            try
            {
                await _store.Keys.CreateKeyAsync($"key-{made}", options);
                made++;
            }
            catch (SecretRequestException exception)
            {
                code = exception.Code;
            }
        }

        code.Should().Be(SecretStoreErrorCodes.LimitExceeded);
        (await _store.Keys.ListKeysAsync()).Should().HaveCount(made + 1);
        await _store.CreateTextAsync("secret", "value", "key-0");
        (await _store.ReadTextAsync("secret")).Should().Be("value");
    }

    [Test]
    public async Task Descriptions_OfEveryKey_HoldNoByteOfAKey()
    {
        using var ring = new KeyRing(RootKey.FromBytes(Envelope.Samples.Bytes(32)), _clock);
        await using var store = new SecretStore(new InMemorySecretRepository(), ring);
        await store.Keys.CreateKeyAsync("key");
        await store.Keys.RotateKeyAsync("key");

        string text = JsonSerializer.Serialize(await store.Keys.ListKeysAsync());

        foreach (EmbeddedSecrets.Keys.KeyGeneration generation in ring.Keys.Keys.Values.SelectMany(key => key.Generations.Values))
        {
            byte[] bytes = generation.Key.Span.ToArray();
            text.Should().NotContainEquivalentOf(Convert.ToHexString(bytes, 0, 8)).And.NotContain(Convert.ToBase64String(bytes, 0, 9));
        }
    }
}
