using EmbeddedSecrets.Files;
using EmbeddedSecrets.Interop;
using EmbeddedSecrets.Tests.Faults;
using Microsoft.Win32.SafeHandles;

namespace EmbeddedSecrets.Tests.Repositories;

/// <summary>Compaction of a log, and healing by it (DESIGN F2, F7).</summary>
[TestFixture]
public sealed class CompactionTests
{
    private TemporaryDirectory _directory = null!;
    private SecretStore _store = null!;

    private string LogOf(long generation) => Path.Combine(_directory.Store, LogName.Of(generation));

    [SetUp]
    public async Task OpenStore()
    {
        _directory = new TemporaryDirectory();
        _store = await OpenAsync();
    }

    [TearDown]
    public async Task CloseStore()
    {
        await _store.DisposeAsync();
        _directory.Dispose();
    }

    [Test]
    public async Task CompactAsync_IndexHasABatchInPart_IsRefusedUntilTheStoreIsOpenedAgain()
    {
        await _store.DisposeAsync();
        var repository = new FileSecretRepository(Path.Combine(_directory.Store, "half"));
        await using (var store = new SecretStore(repository, new KeyRing(RootKey.FromBytes(Envelope.Samples.Bytes(32)))))
        {
            await store.CreateTextAsync("name", "value");
            repository.Index.HalfApplied = new InvalidOperationException("It ended half-way.");

            Func<Task> compact = () => store.Maintenance.CompactAsync().AsTask();

            SecretStoreUnavailableException failure = (await compact.Should().ThrowAsync<SecretStoreUnavailableException>()).Which;
            failure.Code.Should().Be(SecretStoreErrorCodes.WritesStopped);
            failure.Message.Should().Contain("half-way").And.Contain("open it again");
            Directory.GetFiles(repository.Location, LogName.Pattern).Should().ContainSingle("the copy is gone");
            (await store.ReadTextAsync("name")).Should().Be("value");
        }

        _store = await OpenAsync();
    }

    [Test]
    public async Task CompactAsync_ManyVersions_KeepsWhatIsAliveAndDropsTheRest()
    {
        for (int i = 0; i < 30; i++)
        {
            await CreateAsync($"name-{i}", $"value {i}");
            for (int version = 2; version <= 14; version++)
            {
                await PutAsync($"name-{i}", $"value {i} of version {version}");
            }
        }

        await _store.DeleteSecretAsync("name-0", SecretDeletion.Immediately);
        long before = EndOfData(LogOf(1));
        var reports = new List<CopyProgress>();

        await _store.Maintenance.CompactAsync(new Reports(reports));

        File.Exists(LogOf(1)).Should().BeFalse();
        EndOfData(LogOf(2)).Should().BeLessThan(before / 5 * 4);
        reports.Should().NotBeEmpty();
        reports.Select(report => report.CopiedBytes).Should().BeInAscendingOrder();
        reports.Should().OnlyContain(report => report.CopiedBytes > 0 && report.CopiedBytes <= report.TotalBytes);
        await CheckAsync();
        await ReopenAsync();
        _store.Recovery.Should().BeEquivalentTo(new RecoveryReport { Sequence = _store.Recovery!.Sequence, RecordCount = 29, WasClosed = true });
        await CheckAsync();

        async Task CheckAsync()
        {
            (await _store.ListSecretsAsync().CountAsync()).Should().Be(29);
            for (int i = 1; i < 30; i++)
            {
                (await ReadAsync($"name-{i}")).Should().Be($"value {i} of version 14");
                (await ReadAsync($"name-{i}", SecretVersionSelector.Version("v5"))).Should().Be($"value {i} of version 5");
            }
        }
    }

    [Test]
    public async Task CompactAsync_DestroyedEvictedAndDeleted_AreInNoFile()
    {
        await _store.DisposeAsync();
        var recording = new RecordingRepository(new FileSecretRepository(_directory.Store));
        _store = new SecretStore(recording, new KeyRing(RootKey.FromFile(_directory["root.key"])));
        await CreateAsync("kept", "kept");
        await CreateAsync("deleted", "deleted");
        await PutAsync("kept", "kept 2");
        byte[][] dead = [recording.Payloads[0].Payload, recording.Payloads[1].Payload];
        byte[] log = ReadLog(LogOf(1));
        dead.Should().OnlyContain(payload => Holds(log, payload));
        await _store.DestroySecretVersionAsync("kept", "v1");
        await _store.DeleteSecretAsync("deleted", SecretDeletion.Immediately);
        byte[][] deadRecords = [.. recording.Records[..^1].Select(record => record.Record)];

        await _store.Maintenance.CompactAsync();

        foreach (string file in Directory.GetFiles(_directory.Store))
        {
            byte[] bytes = ReadLog(file);
            dead.Concat(deadRecords).Should().NotContain(message => Holds(bytes, message), "what is gone is in no file, nor are the wrapped keys of older records");
        }

        (await ReadAsync("kept")).Should().Be("kept 2");
    }

    [Test]
    public async Task CompactAsync_WhileOthersReadAndWrite_LosesNothing()
    {
        const int names = 8;
        for (int i = 0; i < names; i++)
        {
            await CreateAsync($"busy-{i}", "0");
        }

        using var stop = new CancellationTokenSource();
        int[] acknowledged = new int[names];
        Task[] writers = [.. Enumerable.Range(0, names).Select(i => Task.Run(async () =>
        {
            for (int number = 1; !stop.IsCancellationRequested; number++)
            {
                await PutAsync($"busy-{i}", $"{number}");
                Volatile.Write(ref acknowledged[i], number);
            }
        }))];
        Task[] readers = [.. Enumerable.Range(0, 2).Select(reader => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                int i = reader;
                int least = Volatile.Read(ref acknowledged[i]);
                int.Parse(await ReadAsync($"busy-{i}"), System.Globalization.CultureInfo.InvariantCulture).Should().BeGreaterThanOrEqualTo(least);
                (await _store.ListSecretsPageAsync(size: 100)).Secrets.Should().HaveCount(names);
            }
        }))];
        for (int round = 0; round < 15; round++)
        {
            await _store.Maintenance.CompactAsync();
        }

        await stop.CancelAsync();
        await Task.WhenAll([.. writers, .. readers]);
        await CheckAsync();
        await ReopenAsync();
        await CheckAsync();
        Directory.GetFiles(_directory.Store, LogName.Pattern).Select(Path.GetFileName).Should().Equal(LogName.Of(17));

        async Task CheckAsync()
        {
            for (int i = 0; i < names; i++)
            {
                (await ReadAsync($"busy-{i}")).Should().Be($"{acknowledged[i]}");
            }
        }
    }

    [Test]
    public async Task CompactAsync_Cancelled_LeavesEverythingAsItWas()
    {
        await CreateAsync("name", "value");
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        Func<Task> compact = () => _store.Maintenance.CompactAsync(cancellationToken: cancelled.Token).AsTask();

        await compact.Should().ThrowAsync<OperationCanceledException>();
        Directory.GetFiles(_directory.Store).Select(Path.GetFileName).Should().BeEquivalentTo("compaction.lock", "queue.lock", "store.page", LogName.Of(1));
        await PutAsync("name", "value 2");
        (await ReadAsync("name")).Should().Be("value 2");
    }

    [Test]
    public async Task Commits_MostlyDeadLog_IsCompactedByItself()
    {
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(DateTimeOffset.UnixEpoch);
        await _store.DisposeAsync();
        _store = await OpenAsync(clock);
        await CreateAsync("large", new string('x', SecretValue.MaxBytes));
        clock.Advance(TimeSpan.FromMinutes(2));
        for (int i = 0; i < 200 || File.Exists(LogOf(1)); i++)
        {
            i.Should().BeLessThan(5_000, "a log of which more than half is dead is compacted by itself");
            await PutAsync("large", new string('y', SecretValue.MaxBytes));
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        (await ReadAsync("large")).Should().StartWith("yyy");
        await ReopenAsync();
        (await ReadAsync("large")).Should().StartWith("yyy");
    }

    [Test]
    public async Task CompactAsync_AfterAFailedFlush_HealsWithoutReopening()
    {
        await _store.DisposeAsync();
        FaultyLogFile file = null!;
        var repository = new FileSecretRepository(_directory.Store, null, () => new FaultyLogDirectory(StoreDirectory.OpenOrMake(_directory.Store, readOnly: false)!, opened => file = new FaultyLogFile(opened)));
        _store = new SecretStore(repository, new KeyRing(RootKey.FromFile(_directory["root.key"])));
        await CreateAsync("name", "before");
        file.FailFlush = true;
        (await FailAsync(() => PutAsync("name", "lost"))).Code.Should().Be(SecretStoreErrorCodes.OutcomeUnknown);
        file.FailFlush = false;
        SecretStoreException stopped = await FailAsync(() => PutAsync("name", "refused"));
        stopped.Code.Should().Be(SecretStoreErrorCodes.WritesStopped);
        stopped.Message.Should().Contain("Maintenance.CompactAsync");

        await _store.Maintenance.CompactAsync();

        (await ReadAsync("name")).Should().Be("before");
        await PutAsync("name", "after");
        await ReopenAsync();
        (await ReadAsync("name")).Should().Be("after");
        (await _store.ListSecretVersionIdsAsync("name", includeDeprecated: true)).Should().HaveCount(2);
    }

    [Test]
    public async Task CompactAsync_FlushOfTheDirectoryFails_SaysThatWritingHasStoppedAndHealsLater()
    {
        await _store.DisposeAsync();
        FaultyLogDirectory directory = null!;
        var repository = new FileSecretRepository(
            _directory.Store, null, () => directory = new FaultyLogDirectory(StoreDirectory.OpenOrMake(_directory.Store, readOnly: false)!, static opened => new FaultyLogFile(opened)));
        _store = new SecretStore(repository, new KeyRing(RootKey.FromFile(_directory["root.key"])));
        await CreateAsync("name", "before");
        directory.FailFlush = true;

        SecretStoreException error = await FailAsync(() => _store.Maintenance.CompactAsync().AsTask());

        error.Code.Should().Be(SecretStoreErrorCodes.WritesStopped);
        error.Message.Should().Contain("Maintenance.CompactAsync");
        directory.FailFlush = false;
        (await FailAsync(() => PutAsync("name", "refused"))).Code.Should().Be(SecretStoreErrorCodes.WritesStopped);
        (await ReadAsync("name")).Should().Be("before");
        await _store.Maintenance.CompactAsync();
        await PutAsync("name", "after");
        await ReopenAsync();
        (await ReadAsync("name")).Should().Be("after");
        Directory.GetFiles(_directory.Store).Select(Path.GetFileName).Should().BeEquivalentTo("compaction.lock", "queue.lock", "store.page", LogName.Of(2));
    }

    [Test]
    public async Task CompactAsync_ProgressWaitsForAPut_IsNotWaitedForByThePut()
    {
        await CreateAsync("name", "value");
        var progress = new Reports([], () => PutAsync("name", "put by the progress").Wait(TimeSpan.FromSeconds(10)).Should().BeTrue("nobody may be kept from writing by it"));

        await _store.Maintenance.CompactAsync(progress);

        (await ReadAsync("name")).Should().Be("put by the progress");
    }

    [Test]
    public async Task OpenAsync_SnapshotDamagedOrCut_IsCorruptAndNeverHalf()
    {
        for (int i = 0; i < 20; i++)
        {
            await CreateAsync($"name-{i}", $"value {i}");
        }

        await _store.Maintenance.CompactAsync();
        await PutAsync("name-3", "behind the snapshot");
        await _store.DisposeAsync();
        byte[] log = await File.ReadAllBytesAsync(LogOf(2));
        int end = (int)EndOfData(LogOf(2));

        // The index of the first chunk, and the whole of the first chunk: both were on the disk before the log counted.
        foreach (byte[] damaged in new[] { Flip(log, 200), Flip(log, 20), log[..(end / 3)] })
        {
            await File.WriteAllBytesAsync(LogOf(2), damaged);
            Func<Task> open = async () => await OpenAsync();
            (await open.Should().ThrowAsync<SecretStoreIntegrityException>()).Which.Code.Should().Be(SecretStoreErrorCodes.Corrupt);
        }

        await File.WriteAllBytesAsync(LogOf(2), log);
        _store = await OpenAsync();
        (await ReadAsync("name-3")).Should().Be("behind the snapshot");
    }

    [Test]
    public async Task OpenAsync_BothGenerationsThere_TheNewerCountsAndTheOlderGoes()
    {
        await CreateAsync("name", "old");
        await _store.DisposeAsync();
        byte[] old = await File.ReadAllBytesAsync(LogOf(1));
        _store = await OpenAsync();
        await _store.Maintenance.CompactAsync();
        await PutAsync("name", "new");
        await _store.DisposeAsync();
        await File.WriteAllBytesAsync(LogOf(1), old);
        await File.WriteAllBytesAsync(Path.Combine(_directory.Store, LogName.NewTemporaryOf(3)), old);

        _store = await OpenAsync();

        (await ReadAsync("name")).Should().Be("new");
        Directory.GetFiles(_directory.Store).Select(Path.GetFileName).Should().BeEquivalentTo("compaction.lock", "queue.lock", "store.page", LogName.Of(2));
    }

    [Test]
    public async Task CompactAsync_ReadOnly_IsRefused()
    {
        await CreateAsync("name", "value");
        await _store.DisposeAsync();
        _store = await SecretStore.OpenAsync(_directory.Store, RootKey.FromFile(_directory["root.key"]), new SecretStoreOptions { ReadOnly = true });

        (await FailAsync(() => _store.Maintenance.CompactAsync().AsTask())).Code.Should().Be(SecretStoreErrorCodes.WritesStopped);
    }

    private static byte[] Flip(byte[] log, int offset)
    {
        byte[] damaged = [.. log];
        damaged[offset] ^= 1;
        return damaged;
    }

    private static byte[] ReadLog(string path)
    {
        // A handle that asks for no lock: the store holds one.
        using SafeFileHandle file = NativeFile.Open(path, FileAccessMode.Read);
        byte[] bytes = new byte[RandomAccess.GetLength(file)];
        RandomAccess.Read(file, bytes, 0);
        return bytes;
    }

    private static long EndOfData(string path) => ReadLog(path).AsSpan().LastIndexOfAnyExcept((byte)0) + 1;

    private static bool Holds(byte[] bytes, byte[] part) => bytes.AsSpan().IndexOf(part) >= 0;

    private static async Task<SecretStoreException> FailAsync(Func<Task> call) => (await call.Should().ThrowAsync<SecretStoreException>()).Which;

    /// <summary>The clock stands still unless a test moves it: nothing is compacted by itself.</summary>
    private async Task<SecretStore> OpenAsync(TimeProvider? time = null) =>
        await SecretStore.OpenAsync(_directory.Store, RootKey.FromFile(_directory["root.key"]), new SecretStoreOptions { TimeProvider = time ?? new Microsoft.Extensions.Time.Testing.FakeTimeProvider(DateTimeOffset.UnixEpoch) });

    private async Task ReopenAsync()
    {
        await _store.DisposeAsync();
        _store = await OpenAsync();
    }

    private async Task CreateAsync(string name, string text)
    {
        using SecretValue value = SecretValue.FromText(text);
        await _store.CreateSecretAsync(name, value);
    }

    private async Task PutAsync(string name, string text)
    {
        using SecretValue value = SecretValue.FromText(text);
        await _store.PutSecretValueAsync(name, value);
    }

    private async Task<string> ReadAsync(string name, SecretVersionSelector which = default)
    {
        using SecretValueResult result = await _store.GetSecretValueAsync(name, which);
        return result.Value.RevealText();
    }

    private sealed class Reports(List<CopyProgress> reports, Action? then = null) : IProgress<CopyProgress>
    {
        public void Report(CopyProgress value)
        {
            reports.Add(value);
            then?.Invoke();
        }
    }
}
