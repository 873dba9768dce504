using EmbeddedSecrets.Files;
using EmbeddedSecrets.Tests.Repositories;

namespace EmbeddedSecrets.Tests.Faults;

[TestFixture]
public sealed class FileFailureTests
{
    private TemporaryDirectory _directory = null!;
    private FileSecretRepository _repository = null!;
    private FaultyLogFile _file = null!;

    [SetUp]
    public async Task OpenStore()
    {
        _directory = new TemporaryDirectory();
        _repository = new FileSecretRepository(_directory.Store, null, () => new FaultyLogDirectory(StoreDirectory.OpenOrMake(_directory.Store, readOnly: false)!, file => _file = new FaultyLogFile(file)));
        await _repository.ReadHeaderAsync();
        await _repository.StartAsync(Samples.Header(), new FixedKeyProtector());
        await _repository.CommitAsync(Samples.Commit(Samples.Create("before")));
    }

    [TearDown]
    public async Task CloseStore()
    {
        await _repository.DisposeAsync();
        _file.Gate.Dispose();
        _directory.Dispose();
    }

    [Test]
    public async Task CommitAsync_FlushFails_OutcomeUnknownThenWritesStopAndReadsGoOn()
    {
        _file.FailFlush = true;
        (await FailAsync("a")).Code.Should().Be(SecretStoreErrorCodes.OutcomeUnknown);
        _file.FailFlush = false;
        int flushes = _file.Flushes;

        SecretStoreException second = await FailAsync("b");

        second.Code.Should().Be(SecretStoreErrorCodes.WritesStopped);
        second.Message.Should().Contain(_directory.LogPath).And.Contain("open it again");
        (await _repository.FindAsync("a")).Should().BeNull();
        (await _repository.FindAsync("before")).Should().NotBeNull();
        await _repository.DisposeAsync();
        _file.Flushes.Should().Be(flushes, "no flush is tried again, and no closing frame is written");
    }

    [Test]
    public async Task StartAsync_AfterFailedFlush_RecoversAndGoesOn()
    {
        _file.FailFlush = true;
        await FailAsync("a");
        await _repository.DisposeAsync();

        await using var again = new FileSecretRepository(_directory.Store);
        (await FileSecretRepositoryTests.OpenAsync(again)).WasClosed.Should().BeFalse();
        (await again.FindAsync("before")).Should().NotBeNull();
        await again.CommitAsync(Samples.Commit(Samples.Create("c")));
    }

    [Test]
    public async Task CommitAsync_WriteFails_ChangesNothingAndGoesOn()
    {
        int failures = 0;
        _file.FailWrite = _ => failures++ == 0;

        (await FailAsync("a")).Code.Should().Be(SecretStoreErrorCodes.ServiceUnavailable);
        (await _repository.FindAsync("a")).Should().BeNull();
        await _repository.CommitAsync(Samples.Commit(Samples.Create("a")));
        await _repository.DisposeAsync();

        await using var again = new FileSecretRepository(_directory.Store);
        (await FileSecretRepositoryTests.OpenAsync(again)).Should().BeEquivalentTo(new RecoveryReport { Sequence = 2, RecordCount = 2, WasClosed = true });
    }

    [Test]
    public async Task CommitAsync_WriteFailsAndItsTracesStay_WritesStop()
    {
        _file.FailWrite = static _ => true;

        await FailAsync("a");
        _file.FailWrite = null;

        (await FailAsync("a")).Code.Should().Be(SecretStoreErrorCodes.WritesStopped);
        await _repository.DisposeAsync();
        await using var again = new FileSecretRepository(_directory.Store);
        await FileSecretRepositoryTests.OpenAsync(again);
        (await again.FindAsync("before")).Should().NotBeNull();
    }

    [Test]
    public async Task CommitAsync_NoSpaceForAStep_FallsBackToTheExactSize()
    {
        // A step of preallocation is all of 64 KiB and more; a small frame still fits.
        _file.FailWrite = static length => length >= 64 << 10;
        for (int i = 0; i < 100; i++)
        {
            await _repository.CommitAsync(Samples.Commit(Samples.Create("n" + i, Samples.Bytes(3000))));
        }

        await _repository.DisposeAsync();
        await using var again = new FileSecretRepository(_directory.Store);
        (await FileSecretRepositoryTests.OpenAsync(again)).RecordCount.Should().Be(101);
    }

    [Test]
    public async Task FindAsync_ReadFails_IsTemporary()
    {
        _file.FailRead = true;
        Func<Task> act = async () => await _repository.FindAsync("before");
        SecretStoreException exception = (await act.Should().ThrowAsync<SecretStoreUnavailableException>()).Which;

        exception.Code.Should().Be(SecretStoreErrorCodes.ServiceUnavailable);
        exception.InnerException.Should().BeOfType<IOException>();
        _file.FailRead = false;
        (await _repository.FindAsync("before")).Should().NotBeNull();
    }

    [Test]
    public async Task CommitAsync_OneWriter_FlushesOncePerCommit()
    {
        int before = _file.Flushes;
        for (int i = 0; i < 20; i++)
        {
            await _repository.CommitAsync(Samples.Commit(Samples.Create("n" + i)));
        }

        (_file.Flushes - before).Should().Be(20);
    }

    [Test]
    public async Task CommitAsync_WhileAFlushRuns_JoinOneBatchWithOneFlush()
    {
        Task<long> leader = await HoldLeaderAsync();
        int before = _file.Flushes;
        Task<long>[] followers = Enumerable.Range(0, 10).Select(i => _repository.CommitAsync(Samples.Commit(Samples.Create("f" + i))).AsTask()).ToArray();
        Task<long> loser = _repository.CommitAsync(Samples.Commit(Samples.Create("f0"))).AsTask();
        _file.Gate.Set();

        await leader;
        (await Task.WhenAll(followers)).Should().Equal(3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
        (await loser.Invoking(task => task).Should().ThrowAsync<RepositoryConflictException>()).Which.Conflict.Should().Be(RepositoryConflict.Record);
        (_file.Flushes - before).Should().Be(2, "one for the leader, one for all others");
    }

    [Test]
    public async Task CommitAsync_CancelledWhileWaiting_IsNotMade()
    {
        Task<long> leader = await HoldLeaderAsync();
        using var source = new CancellationTokenSource();
        Task<long> waiting = _repository.CommitAsync(Samples.Commit(Samples.Create("waiting")), source.Token).AsTask();
        await source.CancelAsync();
        await waiting.Invoking(task => task).Should().ThrowAsync<OperationCanceledException>();
        _file.Gate.Set();

        await leader;
        (await _repository.FindAsync("waiting")).Should().BeNull();
    }

    [Test]
    public async Task CommitAsync_CancelledInFlight_IsOutcomeUnknownAndStillMade()
    {
        Task<long> leader = await HoldLeaderAsync();
        Task<long> second = _repository.CommitAsync(Samples.Commit(Samples.Create("second"))).AsTask();
        using var source = new CancellationTokenSource();
        Task<long> third = _repository.CommitAsync(Samples.Commit(Samples.Create("third")), source.Token).AsTask();
        var inFlight = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var release = new ManualResetEventSlim();
        _file.OnFlush = () =>
        {
            inFlight.TrySetResult();
            release.Wait(TimeSpan.FromSeconds(30));
        };
        _file.Gate.Set();
        await leader;
        await inFlight.Task.WaitAsync(TimeSpan.FromSeconds(30));

        await source.CancelAsync();

        Func<Task> act = () => third;
        (await act.Should().ThrowAsync<SecretStoreUnavailableException>()).Which.Code.Should().Be(SecretStoreErrorCodes.OutcomeUnknown);
        _file.OnFlush = null;
        release.Set();
        await second;
        (await _repository.FindAsync("third")).Should().NotBeNull("what is in flight goes on without its caller");
    }

    [Test]
    public async Task CommitAsync_BatchFails_EachCallerHasAnExceptionOfItsOwn()
    {
        Task<long> leader = await HoldLeaderAsync();
        Task<long>[] followers = Enumerable.Range(0, 3).Select(i => _repository.CommitAsync(Samples.Commit(Samples.Create("f" + i))).AsTask()).ToArray();
        _file.FailFlush = true;
        _file.Gate.Set();

        await leader.Invoking(task => task).Should().ThrowAsync<SecretStoreUnavailableException>();
        var exceptions = new HashSet<Exception>();
        foreach (Task<long> follower in followers)
        {
            exceptions.Add((await follower.Invoking(task => task).Should().ThrowAsync<SecretStoreUnavailableException>()).Which);
        }

        exceptions.Should().HaveCount(3);
    }

    [Test]
    public async Task DisposeAsync_WhileABatchIsWritten_WaitsForItAndRefusesWhoWaits()
    {
        Task<long> leader = await HoldLeaderAsync();
        Task<long> waiting = _repository.CommitAsync(Samples.Commit(Samples.Create("waiting"))).AsTask();
        Task closing = Task.Run(async () => await _repository.DisposeAsync());
        while (IsOpen(_repository))
        {
            await Task.Yield();
        }

        closing.IsCompleted.Should().BeFalse();
        _file.Gate.Set();
        await leader;
        await closing;
        Func<Task> act = () => waiting;
        try
        {
            await act();
        }
        catch (ObjectDisposedException)
        {
        }

        await using var again = new FileSecretRepository(_directory.Store);
        (await FileSecretRepositoryTests.OpenAsync(again)).WasClosed.Should().BeTrue();
        (await again.FindAsync("leader")).Should().NotBeNull();
        ((await again.FindAsync("waiting")) is not null).Should().Be(waiting.IsCompletedSuccessfully);
    }

    [Test]
    public async Task StartAsync_ClosingFrameNeverReachedTheDisk_LaterCommitsSurviveAPowerCut()
    {
        var medium = new CachedLogFile.Medium();
        using var directory = new TemporaryDirectory();
        FileSecretRepository Make() => new(directory.Store, null, () => new FaultyLogDirectory(StoreDirectory.OpenOrMake(directory.Store, readOnly: false)!, file => new CachedLogFile(file, medium)));
        await using (FileSecretRepository first = Make())
        {
            await first.ReadHeaderAsync();
            await first.StartAsync(Samples.Header(), new FixedKeyProtector());
            medium.FailFlush = true;
        }

        medium.FailFlush = false;
        await using FileSecretRepository second = Make();
        await FileSecretRepositoryTests.OpenAsync(second);
        await second.CommitAsync(Samples.Commit(Samples.Create("acknowledged")));

        using var afterwards = new TemporaryDirectory();
        afterwards.WriteLog(medium.ToArray());
        await using var recovered = new FileSecretRepository(afterwards.Store);
        await FileSecretRepositoryTests.OpenAsync(recovered);
        (await recovered.FindAsync("acknowledged")).Should().NotBeNull();
    }

    [Test]
    public async Task DisposeAsync_ProtectorFails_StillGivesBackTheLock()
    {
        using var directory = new TemporaryDirectory();
        var protector = new FailingProtector();
        var repository = new FileSecretRepository(directory.Store);
        await repository.ReadHeaderAsync();
        await repository.StartAsync(Samples.Header(), protector);
        protector.Fails = true;
        Func<Task> act = async () => await repository.DisposeAsync();
        await act.Should().ThrowAsync<InvalidOperationException>();

        await using var again = new FileSecretRepository(directory.Store);
        await FileSecretRepositoryTests.OpenAsync(again);
    }

    private async Task<Task<long>> HoldLeaderAsync()
    {
        _file.Gate.Reset();
        Task<long> leader = Task.Run(async () => await _repository.CommitAsync(Samples.Commit(Samples.Create("leader"))));
        while (!_file.Waiting)
        {
            await Task.Yield();
        }

        return leader;
    }

    private static bool IsOpen(FileSecretRepository repository)
    {
        try
        {
            _ = repository.CurrentHeader;
            return true;
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }

    private async Task<SecretStoreException> FailAsync(string name)
    {
        Func<Task> act = async () => await _repository.CommitAsync(Samples.Commit(Samples.Create(name)));
        return (await act.Should().ThrowAsync<SecretStoreException>()).Which;
    }

    private sealed class FailingProtector : IStoreProtector
    {
        private readonly FixedKeyProtector _inner = new();

        public bool Fails { get; set; }

        public int Overhead => _inner.Overhead;

        public int TagLength => _inner.TagLength;

        public void Seal(ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> associatedData, Span<byte> destination)
        {
            if (Fails)
            {
                throw new InvalidOperationException("No such luck (seal).");
            }

            _inner.Seal(plaintext, associatedData, destination);
        }

        public bool TryOpen(ReadOnlySpan<byte> message, ReadOnlySpan<byte> associatedData, Span<byte> destination) =>
            _inner.TryOpen(message, associatedData, destination);
    }
}
