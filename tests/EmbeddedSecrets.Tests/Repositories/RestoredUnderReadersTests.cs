namespace EmbeddedSecrets.Tests.Repositories;

/// <summary>A restore beside what it meets in the directory: readers of the store, leftovers of another restore, an anchor that fails.</summary>
[TestFixture]
public sealed class RestoredUnderReadersTests
{
    private TemporaryDirectory _directory = null!;

    private IRootKey Key => RootKey.FromFile(_directory["root.key"]);

    [SetUp]
    public void MakeDirectory() => _directory = new TemporaryDirectory();

    [TearDown]
    public void DeleteDirectory() => _directory.Dispose();

    [Test]
    public async Task Reader_StoreIsReplacedByARestoredOne_IsToldToOpenItAgain()
    {
        byte[] backup = await MakeTwoHistoriesAsync();
        await using SecretStore reader = await SecretStore.OpenAsync(_directory.Store, Key, new SecretStoreOptions { ReadOnly = true });
        (await reader.ReadTextAsync("name")).Should().Be("of the first history");

        await RestoreAsync(backup, new RestoreBackupOptions { Overwrite = true });
        await using SecretStore writer = await SecretStore.OpenAsync(_directory.Store, Key);
        await writer.PutTextAsync("name", "of the second history");

        SecretStoreException error = (await FluentActions.Awaiting(() => reader.ReadTextAsync("name")).Should().ThrowAsync<SecretStoreException>()).Which;
        error.Code.Should().Be(SecretStoreErrorCodes.RolledBack);
        error.Message.Should().Contain("open it again");
        await using SecretStore again = await SecretStore.OpenAsync(_directory.Store, Key, new SecretStoreOptions { ReadOnly = true });
        (await again.ReadTextAsync("name")).Should().Be("of the second history");
    }

    [Test]
    public async Task Reader_StoreIsReplacedAndNobodyWrites_IsToldAllTheSame()
    {
        byte[] backup = await MakeTwoHistoriesAsync();
        await using SecretStore reader = await SecretStore.OpenAsync(_directory.Store, Key, new SecretStoreOptions { ReadOnly = true });
        (await reader.ReadTextAsync("name")).Should().Be("of the first history");

        await RestoreAsync(backup, new RestoreBackupOptions { Overwrite = true });

        (await FluentActions.Awaiting(() => reader.ReadTextAsync("name")).Should().ThrowAsync<SecretStoreException>()).Which.Code.Should().Be(SecretStoreErrorCodes.RolledBack);
    }

    [Test]
    public async Task Watch_StoreIsReplacedByARestoredOne_EndsInsteadOfWaitingForEver()
    {
        byte[] backup = await MakeTwoHistoriesAsync();
        await using SecretStore reader = await SecretStore.OpenAsync(_directory.Store, Key, new SecretStoreOptions { ReadOnly = true });
        IAsyncEnumerator<SecretChange> changes = reader.WatchAsync().GetAsyncEnumerator();
        Task<bool> next = changes.MoveNextAsync().AsTask();

        await RestoreAsync(backup, new RestoreBackupOptions { Overwrite = true });
        await using SecretStore writer = await SecretStore.OpenAsync(_directory.Store, Key);
        await writer.PutTextAsync("name", "of the second history");

        Func<Task> wait = () => next.WaitAsync(TimeSpan.FromSeconds(10));
        SecretStoreException error = (await wait.Should().ThrowAsync<SecretStoreException>()).Which;
        error.Code.Should().Be(SecretStoreErrorCodes.RolledBack);
        error.RequestId.Should().NotBeNullOrEmpty();
        await changes.DisposeAsync();
    }

    [Test]
    public async Task Restore_AfterOneThatWasKilled_RemovesItsFolder()
    {
        byte[] backup = await MakeTwoHistoriesAsync();
        string left = Path.Combine(_directory.Store, "restoring-0123abcd");
        string foreign = Path.Combine(_directory.Store, "restoring-of-mine");
        Directory.CreateDirectory(left);
        Directory.CreateDirectory(foreign);
        await File.WriteAllTextAsync(Path.Combine(left, "log-0000000000000001.ess"), "sealed");

        await RestoreAsync(backup, new RestoreBackupOptions { Overwrite = true });

        Directory.GetDirectories(_directory.Store).Should().Equal(foreign);
    }

    [Test]
    public async Task Open_AfterARestoreThatWasKilled_RemovesItsFolder()
    {
        await MakeTwoHistoriesAsync();
        string left = Path.Combine(_directory.Store, "restoring-0123abcd");
        Directory.CreateDirectory(left);
        await File.WriteAllTextAsync(Path.Combine(left, "log-0000000000000001.ess"), "sealed");

        await using SecretStore store = await SecretStore.OpenAsync(_directory.Store, Key);

        Directory.GetDirectories(_directory.Store).Should().BeEmpty();
    }

    [Test]
    public async Task Restore_AnchorCannotBeAdvanced_SaysSoInTheErrorsOfTheLibrary()
    {
        byte[] backup = await MakeTwoHistoriesAsync();

        Func<Task> restore = () => RestoreAsync(backup, new RestoreBackupOptions { Overwrite = true, RollbackAnchor = new StuckAnchor() });

        (await restore.Should().ThrowAsync<SecretStoreUnavailableException>()).Which.Message.Should().Contain("anchor");
    }

    [Test]
    public async Task Restore_BackupCannotBeRead_DoesNotBlameTheDirectory()
    {
        Func<Task> restore = async () => await SecretStoreMaintenance.RestoreAsync(new BrokenStream(), _directory.Store, Key);

        (await restore.Should().ThrowAsync<SecretStoreUnavailableException>()).Which.Message.Should().Contain("the backup").And.NotContain(_directory.Store);
    }

    /// <summary>A backup of one value, and a store that went on from there.</summary>
    private async Task<byte[]> MakeTwoHistoriesAsync()
    {
        await using SecretStore store = await SecretStore.OpenAsync(_directory.Store, Key);
        await store.CreateTextAsync("name", "at the backup");
        using var stream = new MemoryStream();
        await store.Maintenance.BackUpAsync(stream);
        await store.PutTextAsync("name", "of the first history");
        return stream.ToArray();
    }

    private async Task RestoreAsync(byte[] backup, RestoreBackupOptions options)
    {
        using var stream = new MemoryStream(backup);
        await SecretStoreMaintenance.RestoreAsync(stream, _directory.Store, Key, options);
    }

    private sealed class BrokenStream : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            ValueTask.FromException<int>(new IOException("The share is gone."));
    }

    private sealed class StuckAnchor : IRollbackAnchor
    {
        public RollbackHead? Read() => null;

        public void Advance(RollbackHead head) => throw new InvalidOperationException("The anchor is stuck.");
    }
}
