using EmbeddedSecrets.Pipeline;
using Microsoft.Extensions.Time.Testing;

namespace EmbeddedSecrets.Tests.Pipeline;

/// <summary>Removal of keys at the end of their window, and rotation after a period (DESIGN K7).</summary>
[TestFixture]
public sealed class KeySweepingTests
{
    private FakeTimeProvider _clock = null!;
    private InterceptedRepository _repository = null!;
    private SecretStore _store = null!;

    [SetUp]
    public async Task SetUp()
    {
        _clock = new FakeTimeProvider(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
        _repository = new InterceptedRepository();
        _store = new SecretStore(_repository, new KeyRing(RootKey.FromBytes(Envelope.Samples.Bytes(32)), _clock), options: new SecretStoreOptions { TimeProvider = _clock });
        await _store.CreateTextAsync("other", "value");
    }

    [TearDown]
    public async Task TearDown()
    {
        await _store.DisposeAsync();
        await _repository.DisposeAsync();
    }

    [Test]
    public async Task Sweep_WindowHasEnded_RemovesTheKey()
    {
        await ScheduleUnusedAsync();
        _clock.Advance(TimeSpan.FromDays(7) - TimeSpan.FromTicks(1));
        (await _store.Keys.SweepKeysAsync()).Should().Be(new KeySweep(0, 0));
        _clock.Advance(TimeSpan.FromTicks(1));

        (await _store.Keys.SweepKeysAsync()).Should().Be(new KeySweep(1, 0));

        (await StoreExtensions.CodeOfAsync(() => _store.Keys.DescribeKeyAsync("key"))).Should().Be(SecretStoreErrorCodes.KeyNotFound);
        (await _store.ReadTextAsync("other")).Should().Be("value");
        (await _store.Keys.CreateKeyAsync("key")).CurrentGeneration.Should().Be(1, "the id is free again");
    }

    [Test]
    public async Task Sweep_KeyIsInUse_WaitsUntilNothingUsesIt()
    {
        await _store.Keys.CreateKeyAsync("key");
        await _store.CreateTextAsync("secret", "value", "key");
        await _store.Keys.ScheduleKeyDeletionAsync("key", TimeSpan.FromDays(7), new ScheduleKeyDeletionOptions { EvenIfInUse = true });
        _clock.Advance(TimeSpan.FromDays(100));

        (await _store.Keys.SweepKeysAsync()).Removed.Should().Be(0);
        (await _store.Keys.DescribeKeyAsync("key")).State.Should().Be(EncryptionKeyState.PendingDeletion);
        await _store.DeleteSecretAsync("secret", SecretDeletion.Immediately);
        (await _store.Keys.SweepKeysAsync()).Removed.Should().Be(1);
    }

    [Test]
    public async Task Sweep_KeyOfASecretThatCanBeRestored_IsKept()
    {
        await _store.Keys.CreateKeyAsync("key");
        await _store.CreateTextAsync("secret", "value", "key");
        await _store.Keys.ScheduleKeyDeletionAsync("key", TimeSpan.FromDays(7), new ScheduleKeyDeletionOptions { EvenIfInUse = true });
        _clock.Advance(TimeSpan.FromDays(7));
        await _store.DeleteSecretAsync("secret");

        (await _store.Keys.SweepKeysAsync()).Removed.Should().Be(0);

        await _store.RestoreSecretAsync("secret");
        await _store.Keys.CancelKeyDeletionAsync("key");
        await _store.Keys.EnableKeyAsync("key");
        (await _store.ReadTextAsync("secret")).Should().Be("value");
    }

    [Test]
    public async Task Sweep_SomethingIsCommittedAfterTheScan_ScansAgain()
    {
        await ScheduleUnusedAsync();
        _clock.Advance(TimeSpan.FromDays(7));
        int headers = _repository.Headers;
        _repository.BeforeHeader = () => _store.PutTextAsync("other", "new");

        (await _store.Keys.SweepKeysAsync()).Removed.Should().Be(1);

        (_repository.Headers - headers).Should().Be(2, "the first removal came after another commit");
    }

    [Test]
    public async Task Sweep_StoreNeverStandsStill_LeavesTheKeyToTheNextSweep()
    {
        await ScheduleUnusedAsync();
        _clock.Advance(TimeSpan.FromDays(7));
        int attempts = 0;
        async Task Again()
        {
            attempts++;
            await _store.PutTextAsync("other", "again");
            _repository.BeforeHeader = Again;
        }

        _repository.BeforeHeader = Again;

        (await _store.Keys.SweepKeysAsync()).Removed.Should().Be(0);
        attempts.Should().Be(3);
        (await _store.Keys.DescribeKeyAsync("key")).State.Should().Be(EncryptionKeyState.PendingDeletion);
    }

    [Test]
    public async Task Sweep_OptionsNameTheKey_KeepsIt()
    {
        await ScheduleUnusedAsync();
        _clock.Advance(TimeSpan.FromDays(7));
        using var directory = new TemporaryDirectory();
        string store = directory["store"];
        await using (SecretStore first = await SecretStore.OpenAsync(store, RootKey.FromFile(directory["root.key"]), new SecretStoreOptions { TimeProvider = _clock }))
        {
            await first.Keys.CreateKeyAsync("key");
            await first.Keys.ScheduleKeyDeletionAsync("key", TimeSpan.FromDays(7));
        }

        _clock.Advance(TimeSpan.FromDays(7));
        await using SecretStore second = await SecretStore.OpenAsync(store, RootKey.FromFile(directory["root.key"]), new SecretStoreOptions { TimeProvider = _clock, DefaultEncryptionKeyId = "key" });
        (await second.Keys.SweepKeysAsync()).Removed.Should().Be(0);
    }

    [Test]
    public async Task Sweep_RotationIsDue_RotatesOnce()
    {
        await _store.Keys.CreateKeyAsync("key", new CreateKeyOptions { RotationPeriod = TimeSpan.FromDays(10) });
        _clock.Advance(TimeSpan.FromDays(10) - TimeSpan.FromTicks(1));
        (await _store.Keys.SweepKeysAsync()).Rotated.Should().Be(0);
        _clock.Advance(TimeSpan.FromDays(35));

        (await _store.Keys.SweepKeysAsync()).Rotated.Should().Be(1);
        (await _store.Keys.SweepKeysAsync()).Rotated.Should().Be(0);

        EncryptionKeyDescription key = await _store.Keys.DescribeKeyAsync("key");
        key.CurrentGeneration.Should().Be(2);
        key.NextRotationTime.Should().Be(_clock.GetUtcNow().AddDays(10));
    }

    [Test]
    public async Task Sweep_KeyIsDisabled_IsNotRotated()
    {
        await _store.Keys.CreateKeyAsync("key", new CreateKeyOptions { RotationPeriod = TimeSpan.FromDays(1) });
        (await _store.Keys.DisableKeyAsync("key")).NextRotationTime.Should().BeNull();
        _clock.Advance(TimeSpan.FromDays(2));

        (await _store.Keys.SweepKeysAsync()).Rotated.Should().Be(0);
    }

    [Test]
    public async Task Change_HeaderWasReplacedMeanwhile_ReloadsAndTriesAgain()
    {
        _repository.BeforeHeader = _repository.TouchHeaderAsync;

        (await _store.Keys.RotateKeyAsync("default")).CurrentGeneration.Should().Be(2);

        _repository.CurrentHeader.Revision.Should().Be(3);
        await _store.PutTextAsync("other", "new");
        (await _store.ReadTextAsync("other", "v1")).Should().Be("value");
        (await _store.ReadTextAsync("other")).Should().Be("new");
    }

    [Test]
    public async Task Schedule_SecretBeginsToUseTheKeyMeanwhile_IsRefused()
    {
        await _store.Keys.CreateKeyAsync("key");
        _repository.BeforeHeader = () => _store.CreateTextAsync("late", "value", "key");

        (await StoreExtensions.CodeOfAsync(() => _store.Keys.ScheduleKeyDeletionAsync("key"))).Should().Be(SecretStoreErrorCodes.ResourceInUse);

        (await _store.ReadTextAsync("late")).Should().Be("value");
    }

    private async Task ScheduleUnusedAsync()
    {
        await _store.Keys.CreateKeyAsync("key");
        await _store.Keys.ScheduleKeyDeletionAsync("key", TimeSpan.FromDays(7));
    }
}
