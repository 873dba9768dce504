using EmbeddedSecrets.Pipeline;
using EmbeddedSecrets.Tests.Repositories;
using Microsoft.Extensions.Time.Testing;

namespace EmbeddedSecrets.Tests.Pipeline;

/// <summary>The sweep: at opening, hourly, and at compaction (DESIGN K12).</summary>
[TestFixture]
public sealed class StoreSweepingTests
{
    private static readonly TimeSpan Window = TimeSpan.FromDays(7);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private FakeTimeProvider _clock = null!;
    private TemporaryDirectory _directory = null!;

    [SetUp]
    public void SetUp()
    {
        _clock = new FakeTimeProvider(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
        _directory = new TemporaryDirectory();
    }

    [TearDown]
    public void TearDown()
    {
        _directory.Dispose();
    }

    [Test]
    public async Task Hour_WindowHasEnded_RemovesTheSecretOnly()
    {
        var repository = new InterceptedRepository { Sweeps = true };
        await using SecretStore store = Over(repository);
        await store.CreateTextAsync("gone", "value");
        await store.CreateTextAsync("kept", "value");
        await store.DeleteSecretAsync("gone", SecretDeletion.After(Window));
        await store.CreateTextAsync("waiting", "value");
        await store.DeleteSecretAsync("waiting", SecretDeletion.After(Window + TimeSpan.FromDays(1)));

        _clock.Advance(Window + StoreSweeping.Period);

        await UntilAsync(repository, async () => (await Samples.NamesAsync(repository)).SequenceEqual(["kept", "waiting"]));
        await store.RestoreSecretAsync("waiting");
        (await store.ReadTextAsync("waiting")).Should().Be("value");
    }

    [Test]
    public async Task Opening_WindowHasEnded_RemovesTheSecret()
    {
        await DeleteInFileAsync();
        _clock.Advance(Window);

        var repository = new FileSecretRepository(_directory.Store, Options());
        await using SecretStore store = Over(repository);
        await store.DescribeSecretAsync("kept");

        _clock.Advance(StoreSweeping.Delay);

        await UntilAsync(repository, async () => (await Samples.NamesAsync(repository)).SequenceEqual(["kept"]));
    }

    [Test]
    public async Task ReadOnly_WindowHasEnded_HidesTheSecretAndWritesNothing()
    {
        await DeleteInFileAsync();
        byte[] before = _directory.ReadLog();
        _clock.Advance(Window);

        var repository = new FileSecretRepository(_directory.Store, Options(readOnly: true));
        await using (SecretStore store = Over(repository, readOnly: true))
        {
            (await StoreExtensions.CodeOfAsync(() => store.DescribeSecretAsync("gone"))).Should().Be(SecretStoreErrorCodes.ResourceNotFound);
            _clock.Advance(StoreSweeping.Period * 2);
            (await repository.TryBeginSweepAsync(StoreSweeping.Period)).Should().BeFalse();
            (await Samples.NamesAsync(repository)).Should().Equal("gone", "kept");
        }

        _directory.ReadLog().Should().Equal(before);
    }

    [Test]
    public async Task Claim_TwoInstances_OneSweepsWithinAPeriod()
    {
        await using var first = new FileSecretRepository(_directory.Store, Options());
        await using var second = new FileSecretRepository(_directory.Store, Options());
        foreach (FileSecretRepository repository in new[] { first, second })
        {
            _ = await repository.ReadHeaderAsync();
            await repository.StartAsync(Samples.Header(), new FixedKeyProtector());
        }

        bool[] opening = [await first.TryBeginSweepAsync(StoreSweeping.Period), await second.TryBeginSweepAsync(StoreSweeping.Period), await first.TryBeginSweepAsync(StoreSweeping.Period)];
        _clock.Advance(StoreSweeping.Period);
        bool[] later = [await second.TryBeginSweepAsync(StoreSweeping.Period), await first.TryBeginSweepAsync(StoreSweeping.Period)];

        opening.Should().Equal(true, false, false);
        later.Should().Equal(true, false);
    }

    [Test]
    public async Task Sweep_Fails_IsTriedAgainAnHourLater()
    {
        var repository = new InterceptedRepository { Sweeps = true, SweepFailures = 1 };
        await using SecretStore store = Over(repository);
        await store.CreateTextAsync("gone", "value");
        await store.DeleteSecretAsync("gone", SecretDeletion.After(Window));
        _clock.Advance(StoreSweeping.Delay);
        SpinWait.SpinUntil(() => repository.SweepsBegun == 1, Patience).Should().BeTrue("the opening sweeps, and fails");

        _clock.Advance(Window);

        await UntilAsync(repository, async () => (await Samples.NamesAsync(repository)).Count == 0);
    }

    [Test]
    public async Task Compact_WindowHasEnded_SweepsFirst()
    {
        var repository = new InterceptedRepository();
        await using SecretStore store = Over(repository);
        await store.CreateTextAsync("gone", "value");
        await store.DeleteSecretAsync("gone", SecretDeletion.After(Window));
        _clock.Advance(Window - TimeSpan.FromTicks(1));
        await store.Maintenance.CompactAsync();
        (await Samples.NamesAsync(repository)).Should().Equal("gone");
        _clock.Advance(TimeSpan.FromTicks(1));

        await store.Maintenance.CompactAsync();

        (await Samples.NamesAsync(repository)).Should().BeEmpty();
    }

    [Test]
    public async Task Compact_MoreSecretsThanTheCacheHolds_LeavesThoseThatAreAskedForInTheCache()
    {
        var repository = new InterceptedRepository();
        await using SecretStore store = new(
            repository, new KeyRing(RootKey.FromBytes(Envelope.Samples.Bytes(32))), options: new SecretStoreOptions { TimeProvider = _clock, RecordCacheEntries = 1 });
        await store.CreateTextAsync("a", "value");
        await store.CreateTextAsync("c", "value");
        await store.CreateTextAsync("b/asked-for", "value");
        await store.DescribeSecretAsync("b/asked-for");

        await store.Maintenance.CompactAsync();

        await store.DescribeSecretAsync("b/asked-for");
        repository.LastKnown.Should().NotBe(RecordStamp.Absent, "it was in the cache");
        await store.DescribeSecretAsync("c");
        repository.LastKnown.Should().Be(RecordStamp.Absent);
    }

    [Test]
    public async Task Compact_NameIsTakenAnewMeanwhile_KeepsTheNewSecret()
    {
        var repository = new InterceptedRepository();
        await using SecretStore store = Over(repository);
        await store.CreateTextAsync("name", "old");
        await store.DeleteSecretAsync("name", SecretDeletion.After(Window));
        _clock.Advance(Window);
        repository.BeforeCommit = () => store.CreateTextAsync("name", "new");

        await store.Maintenance.CompactAsync();

        (await store.ReadTextAsync("name")).Should().Be("new");
    }

    [Test]
    public async Task Hour_RotationIsDue_RotatesAndRewraps()
    {
        var repository = new InterceptedRepository { Sweeps = true };
        await using SecretStore store = Over(repository);
        await store.Keys.CreateKeyAsync("key", new CreateKeyOptions { RotationPeriod = TimeSpan.FromDays(10) });
        await store.CreateTextAsync("name", "value", "key");

        _clock.Advance(TimeSpan.FromDays(11));

        await UntilAsync(repository, async () => (await store.Keys.DescribeKeyAsync("key")).Generations is [{ Number: 2 }]);
        (await store.ReadTextAsync("name")).Should().Be("value");
    }

    private static async Task UntilAsync(ISecretRepository repository, Func<Task<bool>> condition)
    {
        while (true)
        {
            long sequence = await repository.WaitForChangeAsync(-1);
            if (await condition())
            {
                return;
            }

            await repository.WaitForChangeAsync(sequence).AsTask().WaitAsync(Patience);
        }
    }

    private async Task DeleteInFileAsync()
    {
        await using SecretStore store = Over(new FileSecretRepository(_directory.Store, Options()));
        await store.CreateTextAsync("gone", "value");
        await store.CreateTextAsync("kept", "value");
        await store.DeleteSecretAsync("gone", SecretDeletion.After(Window));
    }

    private SecretStoreOptions Options(bool readOnly = false) => new() { TimeProvider = _clock, ReadOnly = readOnly };

    private SecretStore Over(ISecretRepository repository, bool readOnly = false) =>
        new(repository, new KeyRing(RootKey.FromBytes(Envelope.Samples.Bytes(32))), options: Options(readOnly));
}
