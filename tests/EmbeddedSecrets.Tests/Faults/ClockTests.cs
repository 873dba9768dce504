using static EmbeddedSecrets.Tests.StoreExtensions;

namespace EmbeddedSecrets.Tests.Faults;

/// <summary>A clock that jumps: order comes from sequence numbers, and validity is a moment, not a reading of a clock on a wall.</summary>
[TestFixture]
public sealed class ClockTests
{
    private static readonly DateTimeOffset Begin = new(2030, 6, 1, 12, 0, 0, TimeSpan.Zero);

    private TemporaryDirectory _directory = null!;

    [SetUp]
    public void SetUp() => _directory = new TemporaryDirectory();

    [TearDown]
    public void TearDown() => _directory.Dispose();

    [TestCase(-400)]
    [TestCase(-20_000)]
    [TestCase(400)]
    public async Task Put_ClockWasSet_TheLastOneIsCurrentAndTheOldestIsEvicted(int days)
    {
        var clock = new SettableClock(Begin);
        await using (SecretStore store = await OpenAsync(clock))
        {
            await store.CreateTextAsync("name", "value 1");
            for (int i = 2; i <= 12; i++)
            {
                clock.Now = i % 2 == 0 ? Begin.AddDays(days) : Begin;
                await store.PutTextAsync("name", $"value {i}");
            }
        }

        clock.Now = Begin.AddDays(days);
        await using SecretStore again = await OpenAsync(clock);
        (await again.ReadTextAsync("name")).Should().Be("value 12");
        (await again.ReadTextAsync("name", "v3")).Should().Be("value 3");
        (await CodeOfAsync(() => again.GetSecretValueAsync("name", SecretVersionSelector.Version("v2")))).Should().Be(SecretStoreErrorCodes.ResourceNotFound);
    }

    [Test]
    public async Task Delete_ClockIsSetBackAfterwards_WaitsForThePlannedMoment()
    {
        var clock = new SettableClock(Begin);
        await using SecretStore store = await OpenAsync(clock);
        await store.CreateTextAsync("name", "value");
        DateTimeOffset planned = (await store.DeleteSecretAsync("name", SecretDeletion.After(TimeSpan.FromDays(7)))).PlannedDeleteTime!.Value;

        clock.Now = Begin.AddDays(-30);
        (await store.DescribeSecretAsync("name")).PlannedDeleteTime.Should().Be(planned);
        clock.Now = planned;

        (await CodeOfAsync(() => store.DescribeSecretAsync("name"))).Should().Be(SecretStoreErrorCodes.ResourceNotFound);
    }

    [Test]
    public async Task EndOfTheCalendar_EveryKindOfOperation_Works()
    {
        var clock = new SettableClock(DateTimeOffset.MaxValue.AddHours(-1));
        await using (SecretStore store = await OpenAsync(clock))
        {
            await store.CreateTextAsync("name", "first");
            await store.PutTextAsync("name", "second");
            (await store.DeleteSecretAsync("name")).PlannedDeleteTime.Should().Be(DateTimeOffset.MaxValue);
            await store.RestoreSecretAsync("name");
            await store.Keys.CreateKeyAsync("orders", new CreateKeyOptions { RotationPeriod = TimeSpan.FromDays(365) });
            await store.Keys.ScheduleKeyDeletionAsync("orders");
            await store.Maintenance.CompactAsync();
        }

        clock.Now = DateTimeOffset.MaxValue;
        await using SecretStore again = await OpenAsync(clock);
        (await again.ReadTextAsync("name")).Should().Be("second");
    }

    [Test]
    public async Task Expiry_InTheHourThatSummerTimeRepeats_IsAMoment()
    {
        var clock = new SettableClock(default);
        var secondHalfPastTwo = new DateTimeOffset(2026, 10, 25, 2, 30, 0, TimeSpan.FromHours(1));
        await using var store = SecretStore.CreateInMemory(clock);
        clock.Now = new DateTimeOffset(2026, 10, 25, 0, 0, 0, TimeSpan.Zero);
        using SecretValue value = SecretValue.FromText("value");
        await store.CreateSecretAsync("name", value, new CreateSecretOptions { Validity = new SecretVersionValidity(expiresAt: secondHalfPastTwo) });

        clock.Now = new DateTimeOffset(2026, 10, 25, 2, 45, 0, TimeSpan.FromHours(2));
        (await store.ReadTextAsync("name")).Should().Be("value", "this is the first 2:45, before the clock was set back");
        clock.Now = secondHalfPastTwo;

        (await CodeOfAsync(() => store.GetSecretValueAsync("name"))).Should().Be(SecretStoreErrorCodes.Unavailable);
    }

    private ValueTask<SecretStore> OpenAsync(TimeProvider clock) =>
        SecretStore.OpenAsync(_directory.Store, RootKey.FromBytes(Envelope.Samples.Bytes(32)), new SecretStoreOptions { TimeProvider = clock });
}
