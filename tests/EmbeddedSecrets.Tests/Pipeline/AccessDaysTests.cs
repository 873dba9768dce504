using EmbeddedSecrets.Pipeline;
using Microsoft.Extensions.Time.Testing;

namespace EmbeddedSecrets.Tests.Pipeline;

/// <summary>The day of the last read: shown at once, written when the store is closed.</summary>
[TestFixture]
public sealed class AccessDaysTests
{
    private static readonly DateOnly FirstDay = new(2030, 1, 1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private FakeTimeProvider _clock = null!;
    private TemporaryDirectory _directory = null!;

    [SetUp]
    public void SetUp()
    {
        _clock = new FakeTimeProvider(new DateTimeOffset(2030, 1, 1, 23, 59, 59, TimeSpan.Zero));
        _directory = new TemporaryDirectory();
    }

    [TearDown]
    public void TearDown() => _directory.Dispose();

    [Test]
    public async Task Read_ThenClosedAndOpened_IsShownBeforeAndAfter_AndMovesNothingElse()
    {
        SecretRevision revision;
        await using (SecretStore store = await OpenAsync())
        {
            SecretDescription created = await store.CreateTextAsync("a", "text");
            await store.CreateTextAsync("batch", "text");
            await store.CreateTextAsync("unread", "text");
            created.LastAccessDay.Should().BeNull();
            revision = created.Revision;
            store.GetSecretValue("a").Dispose();
            (await store.GetSecretValuesAsync(["batch"])).Dispose();
            (await store.DescribeSecretAsync("a")).LastAccessDay.Should().Be(FirstDay);
        }

        _clock.Advance(TimeSpan.FromSeconds(1));
        await using SecretStore again = await OpenAsync();
        SecretDescription shown = await again.DescribeSecretAsync("a");
        shown.LastAccessDay.Should().Be(FirstDay);
        shown.Revision.Should().Be(revision);
        shown.UpdateTime.Should().Be(shown.CreateTime);
        (await again.DescribeSecretAsync("batch")).LastAccessDay.Should().Be(FirstDay);
        (await again.DescribeSecretAsync("unread")).LastAccessDay.Should().BeNull();
        await again.ReadTextAsync("a");
        (await again.DescribeSecretAsync("a")).LastAccessDay.Should().Be(FirstDay.AddDays(1));
        _clock.AdjustTime(_clock.GetUtcNow().AddDays(-1));
        await again.PutTextAsync("a", "next");
        await again.ReadTextAsync("a");
        (await again.DescribeSecretAsync("a")).LastAccessDay.Should().Be(FirstDay.AddDays(1), "a clock that goes back takes no day away");
    }

    [Test]
    public async Task Read_DeniedOrFailedOrUntracked_DoesNotCount()
    {
        await using (SecretStore store = await OpenAsync())
        {
            await store.CreateWithPolicyAsync("a", """{"Version":"1","Statement":[{"Effect":"Deny","Principal":{"RAM":"*"},"Action":"kms:*","Resource":"*"}]}""");
            Func<Task> denied = () => store.WithPrincipal("anna").ReadTextAsync("a");
            await denied.Should().ThrowAsync<SecretNotFoundException>();
            Func<Task> missing = () => store.ReadTextAsync("a", "v99");
            await missing.Should().ThrowAsync<SecretNotFoundException>();
            (await store.DescribeSecretAsync("a")).LastAccessDay.Should().BeNull();
        }

        await using (SecretStore untracked = await OpenAsync(tracks: false))
        {
            await untracked.ReadTextAsync("a");
            (await untracked.DescribeSecretAsync("a")).LastAccessDay.Should().BeNull();
        }

        await using SecretStore again = await OpenAsync();
        (await again.DescribeSecretAsync("a")).LastAccessDay.Should().BeNull();
    }

    [Test]
    public async Task Read_ThenDeletedAndCreatedAnew_IsAnotherSecret()
    {
        await using (SecretStore store = await OpenAsync())
        {
            await store.CreateTextAsync("a", "text");
            await store.ReadTextAsync("a");
            await store.DeleteSecretAsync("a", SecretDeletion.Immediately);
            await store.CreateTextAsync("a", "new");
            (await store.DescribeSecretAsync("a")).LastAccessDay.Should().BeNull();
        }

        await using SecretStore again = await OpenAsync();
        (await again.DescribeSecretAsync("a")).LastAccessDay.Should().BeNull();
    }

    [Test]
    public async Task Delete_ReadLately_IsRefusedAndNamesTheDay()
    {
        await using SecretStore store = await OpenAsync();
        await store.CreateTextAsync("a", "text");
        await store.ReadTextAsync("a");
        var unread = new DeleteSecretOptions { RefuseIfReadWithin = TimeSpan.FromDays(2) };
        _clock.Advance(TimeSpan.FromDays(1));

        Func<Task> delete = () => store.DeleteSecretAsync("a", null, unread).AsTask();

        SecretConflictException refused = (await delete.Should().ThrowAsync<SecretConflictException>()).Which;
        refused.Code.Should().Be(SecretStoreErrorCodes.ResourceInUse);
        refused.Message.Should().Contain("2030-01-01");
        _clock.Advance(TimeSpan.FromSeconds(1));
        await store.DeleteSecretAsync("a", null, unread);
    }

    [Test]
    public async Task Close_RepositoryThatFails_ClosesWithoutError()
    {
        var repository = new InterceptedRepository();
        var store = new SecretStore(repository, new RemoteKeyProvider());
        await store.CreateTextAsync("a", "text");
        await store.ReadTextAsync("a");
        bool tried = false;
        repository.BeforeCommit = () =>
        {
            tried = true;
            throw new IOException("The medium failed.");
        };

        await store.DisposeAsync();

        tried.Should().BeTrue();
    }

    [TestCase(200, 4)]
    [TestCase(10_000, 157)]
    public async Task Close_ManyNames_CommitsInBatches_AndTheSameDayOnce(int names, int most)
    {
        var repository = new InterceptedRepository();
        int commits = 0;
        await using var store = new SecretStore(repository, new KeyRing(RootKey.FromBytes(new byte[32].Select((_, i) => (byte)i).ToArray())));
        for (int i = 0; i < names; i++)
        {
            await store.CreateTextAsync($"n{i}", "text");
            await store.ReadTextAsync($"n{i}");
            await store.ReadTextAsync($"n{i}");
        }

        Func<Task> count = null!;
        count = () =>
        {
            commits++;
            repository.BeforeCommit = count;
            return Task.CompletedTask;
        };
        repository.BeforeCommit = count;
        await store.DisposeAsync();

        // What the sweep at opening found already is not written once more.
        commits.Should().BeInRange(1, most);
    }

    [Test]
    public async Task Hour_Read_IsWrittenAndSeenByAnotherInstance()
    {
        var repository = new FileSecretRepository(_directory.Store, Options());
        await using SecretStore store = Over(repository);
        await using SecretStore other = await OpenAsync();
        await store.CreateTextAsync("a", "text");
        await store.ReadTextAsync("a");

        _clock.Advance(StoreSweeping.Period);

        await UntilSeenAsync(repository, other, "a");
        (await other.DescribeSecretAsync("a")).LastAccessDay.Should().Be(FirstDay);
    }

    [Test]
    public async Task Watch_DayIsWritten_TellsNothingOfIt()
    {
        var repository = new FileSecretRepository(_directory.Store, Options());
        await using SecretStore store = Over(repository);
        await using SecretStore other = await OpenAsync();
        await store.CreateTextAsync("a", "text");
        await other.DescribeSecretAsync("a");
        Task<List<SecretChange>> near = WatchTests.TakeAsync(store, after: 0, 2);
        Task<List<SecretChange>> far = WatchTests.TakeAsync(other, after: 0, 2);
        await store.ReadTextAsync("a");
        _clock.Advance(StoreSweeping.Period);
        await UntilSeenAsync(repository, other, "a");

        await store.CreateTextAsync("b", "text");
        await other.DescribeSecretAsync("b");

        (await near.WaitAsync(Patience)).Select(static change => $"{change.Kind} {change.Name}").Should().Equal("Created a", "Created b");
        (await far.WaitAsync(Patience)).Select(static change => $"{change.Kind} {change.Name}").Should().Equal("Created a", "Created b");
    }

    [Test]
    public async Task Close_ReadOnly_WritesNothing()
    {
        await using (SecretStore store = await OpenAsync())
        {
            await store.CreateTextAsync("a", "text");
        }

        byte[] before = _directory.ReadLog();
        await using (SecretStore reading = Over(new FileSecretRepository(_directory.Store, Options(readOnly: true)), readOnly: true))
        {
            await reading.ReadTextAsync("a");
        }

        _directory.ReadLog().Should().Equal(before);
    }

    [Test]
    public async Task Read_OnTheLastDayOfTheCalendar_IsWritten()
    {
        _clock = new FakeTimeProvider(new DateTimeOffset(9999, 12, 31, 12, 0, 0, TimeSpan.Zero));
        await using (SecretStore store = await OpenAsync())
        {
            await store.CreateTextAsync("a", "text");
            await store.ReadTextAsync("a");
        }

        await using SecretStore again = await OpenAsync();
        (await again.DescribeSecretAsync("a")).LastAccessDay.Should().Be(DateOnly.MaxValue);
    }

    [Test]
    public async Task Read_OfADisabledVersion_DoesNotCount()
    {
        await using SecretStore store = await OpenAsync();
        await store.CreateTextAsync("a", "text");
        await store.PutTextAsync("a", "next");
        await store.UpdateSecretVersionAsync("a", "v1", new UpdateSecretVersionOptions { Enabled = false });

        Func<Task> read = () => store.ReadTextAsync("a", "v1");

        await read.Should().ThrowAsync<SecretUnavailableException>();
        (await store.DescribeSecretAsync("a")).LastAccessDay.Should().BeNull();
    }

    /// <summary>Until what the first instance commits shows in the other one.</summary>
    private static async Task UntilSeenAsync(FileSecretRepository repository, SecretStore store, string name)
    {
        while (true)
        {
            long sequence = await repository.WaitForChangeAsync(-1);
            if ((await store.DescribeSecretAsync(name)).LastAccessDay is not null)
            {
                return;
            }

            await repository.WaitForChangeAsync(sequence).AsTask().WaitAsync(Patience);
        }
    }

    private SecretStore Over(FileSecretRepository repository, bool readOnly = false) =>
        new(repository, new KeyRing(RootKey.FromFile(_directory["root.key"])), options: Options(readOnly));

    private SecretStoreOptions Options(bool readOnly = false) => new() { TimeProvider = _clock, ReadOnly = readOnly };

    private ValueTask<SecretStore> OpenAsync(bool tracks = true) =>
        SecretStore.OpenAsync(_directory.Store, RootKey.FromFile(_directory["root.key"]), new SecretStoreOptions { TimeProvider = _clock, TrackLastAccess = tracks });

    [Test]
    public async Task Write_OneRecordIsDamaged_WritesTheOthersAndKeepsThatDay()
    {
        var repository = new InterceptedRepository();

        // Days of the test's own: those of a store may be written by its sweep at any moment.
        var accesses = new AccessDays();
        var options = new SecretStoreOptions { TimeProvider = _clock, RecordCacheEntries = 0, TrackLastAccess = false };
        await using var store = new SecretStore(repository, new KeyRing(RootKey.FromBytes([.. Enumerable.Repeat((byte)1, 32)]), _clock), null, options);
        foreach (string name in (string[])["a", "b", "c"])
        {
            await store.CreateTextAsync(name, "text");
        }

        OpenStore open = await store.Session.EnterAsync(default);
        try
        {
            foreach (string name in (string[])["a", "b", "c"])
            {
                accesses.Note((await open.LoadAsync(name, default))!, _clock.GetUtcNow());
            }

            repository.ReplaceRecord = static record => record.Name == "b" ? record with { Sealed = new byte[record.Sealed.Length] } : record;
            await accesses.WriteAsync(open, default);
            repository.ReplaceRecord = null;

            (await DaysAsync(open)).Should().Equal(true, false, true);
            await accesses.WriteAsync(open, default);
            (await DaysAsync(open)).Should().Equal(true, true, true);
        }
        finally
        {
            store.Session.Leave();
        }
    }

    private static async Task<List<bool>> DaysAsync(OpenStore open)
    {
        var days = new List<bool>();
        foreach (string name in (string[])["a", "b", "c"])
        {
            days.Add((await open.LoadAsync(name, default))!.Secret.LastAccessDay > 0);
        }

        return days;
    }
}
