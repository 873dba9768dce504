using EmbeddedSecrets.Files;
using EmbeddedSecrets.Interop;
using EmbeddedSecrets.Repositories.Log;
using EmbeddedSecrets.Tests.Faults;
using Microsoft.Extensions.Time.Testing;

namespace EmbeddedSecrets.Tests.Repositories;

/// <summary>What an instance does to the others when it opens, closes, erases or backs up, with both moments of a race held by hand.</summary>
[TestFixture]
public sealed class SharedLifeTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly UniqueId _payload = new UniqueId(0, 77);
    private TemporaryDirectory _directory = null!;
    private FileSecretRepository _repository = null!;
    private FaultyLogFile _file = null!;
    private FakeTimeProvider _time = null!;
    private ManualResetEventSlim _waits = null!;
    private Action _onOpen = null!;

    [SetUp]
    public async Task StartAsync()
    {
        _waits = new ManualResetEventSlim();
        _onOpen = static () => { };
        _directory = new TemporaryDirectory();
        _repository = await StartedAsync(compactsByItself: true);
    }

    [TearDown]
    public async Task CloseAsync()
    {
        await _repository.DisposeAsync();
        _directory.Dispose();
        _waits.Dispose();
    }

    [Test]
    public async Task Dispose_WhileACommitIsBeingWritten_KeepsTheLockOfThatCommit()
    {
        await DropAPayloadAsync();
        _file.Gate.Reset();
        Task commit = OnAThreadOfItsOwn(() => _repository.CommitAsync(Samples.Commit(Samples.Create("slow"))).AsTask());
        SpinWait.SpinUntil(() => _file.Waiting, TimeSpan.FromSeconds(10)).Should().BeTrue();
        using ISharedLock other = OpenDirectory().OpenLock(LockName.Commit)!;

        Task closing = OnAThreadOfItsOwn(() => _repository.DisposeAsync().AsTask());
        bool taken = SpinWait.SpinUntil(() => other.TryTake(), TimeSpan.FromMilliseconds(300));
        other.Release();
        _file.Gate.Set();
        await commit;
        await closing;

        taken.Should().BeFalse("another instance would write where that commit is being written");
    }

    [Test]
    public async Task WaitForErasure_PayloadThatARunningCompactionHasCopied_WaitsForTheNextCompaction()
    {
        await RestartWithoutCompactionAsync();
        byte[] dead = Samples.Bytes(200);
        await _repository.CommitAsync(Samples.Commit(Samples.Create("name", null, (_payload, dead))));

        await CheckErasureAsync(dead, reportsBefore: 1, () => Samples.Commit(Samples.Remove("name", Samples.Stamp(1), _payload)));
    }

    [Test]
    public async Task WaitForErasure_RecordThatARunningCompactionHasCopied_WaitsForTheNextCompaction()
    {
        // The payload is not copied yet when it is dropped, the record with its wrapped key is.
        await RestartWithoutCompactionAsync();
        byte[] dead = Samples.Bytes(1 << 20);
        await _repository.CommitAsync(Samples.Commit(Samples.Create("name", dead, (_payload, Samples.Bytes()))));

        await CheckErasureAsync(dead[..200], reportsBefore: 0, () => Samples.Commit(Samples.Remove("name", Samples.Stamp(1), _payload)));
    }

    [Test]
    public async Task BackUp_PageIsDeletedMeanwhile_HoldsWhatIsCommittedInTheEnd()
    {
        await _repository.CommitAsync(Samples.Commit(Samples.Create("before")));
        byte[] late = Samples.Bytes(200);
        using var stream = new MemoryStream();

        BackupDescription description = await _repository.BackUpAsync(stream, new OneReport(0, () =>
        {
            File.Delete(Path.Combine(_directory.Store, "store.page"));
            _repository.CommitAsync(Samples.Commit(Samples.Create("late", late))).AsTask().Wait();
        }));

        description.Sequence.Should().Be(2);
        description.SecretCount.Should().Be(2);
        stream.ToArray().AsSpan().IndexOf(late).Should().BePositive();
    }

    [Test]
    public async Task Commit_FirstOneOnANewPage_ZeroesWhatAWriterLeftThatDied()
    {
        const int Left = 8 << 10;
        File.Delete(Path.Combine(_directory.Store, "store.page"));
        FaultyLogFile mine = _file;
        await using FileSecretRepository other = await StartedAsync(compactsByItself: false);
        _file = mine;
        using SharedPage page = OpenDirectory().OpenPage()!;
        long end = page.End.Offset;
        page.Intent = (end, end + Left);
        using (var log = new FileStream(_directory.LogPath, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
        {
            log.Position = end;
            log.Write(Enumerable.Repeat((byte)0xee, Left).ToArray());
        }

        await _repository.CommitAsync(Samples.Commit(Samples.Create("name")));

        page.End.Offset.Should().BeGreaterThan(end);
        _directory.ReadLog().AsSpan((int)page.End.Offset).IndexOfAnyExcept((byte)0).Should().Be(-1);
    }

    [Test]
    public async Task Tick_OldLogIsLetGoOfAfterAnotherInstanceReplacedALaterOne_LeavesThatOneMarked()
    {
        await RestartWithoutCompactionAsync();
        FakeTimeProvider mine = _time;
        await using FileSecretRepository other = await StartedAsync(compactsByItself: false);
        using SharedPage page = OpenDirectory().OpenPage()!;
        using IStoreFile second = await HeldOpenWhileCompactedAsync(_repository, 1, async () =>
        {
            IStoreFile held = OpenDirectory().Open(LogName.Of(2), readOnly: true);
            await other.CompactAsync();
            return held;
        });

        mine.Advance(TimeSpan.FromSeconds(1));

        page.RetiringGeneration.Should().Be(2, "log 2 is still open somewhere");
    }

    [Test]
    public async Task Commit_WaitsInLine_CatchesUpBeforeItHasTheLock()
    {
        FaultyLogFile mine = _file;
        await using FileSecretRepository first = await StartedAsync(compactsByItself: false, hasQueue: false);
        using ISharedLock commit = OpenDirectory().OpenLock(LockName.Commit)!;
        int before = 0;
        Task waiting = await CommitInLineAsync(async () =>
        {
            await first.CommitAsync(Samples.Commit(Samples.Create("first")));
            commit.TryTake().Should().BeTrue();
            before = mine.Reads;
        });

        SpinWait.SpinUntil(() => mine.Reads > before, Patience).Should().BeTrue("what the first one wrote is read");

        waiting.IsCompleted.Should().BeFalse("somebody else has the lock");
        commit.Release();
        await waiting;
    }

    [Test]
    public async Task Dispose_OneWhoGaveUpStillOpensTheLogOfACompaction_LeavesNoneOpen()
    {
        var lockTimeout = TimeSpan.FromSeconds(2);
        await _repository.DisposeAsync();
        _repository = await StartedAsync(compactsByItself: false, lockTimeout: lockTimeout);
        await using FileSecretRepository first = await StartedAsync(compactsByItself: false, hasQueue: false);
        using ISharedLock commit = OpenDirectory().OpenLock(LockName.Commit)!;
        using var opening = new ManualResetEventSlim();
        using var goOn = new ManualResetEventSlim();
        using var cancellation = new CancellationTokenSource();
        Task waiting = await CommitInLineAsync(
            async () =>
            {
                await first.CompactAsync();
                commit.TryTake().Should().BeTrue();
                _onOpen = () =>
                {
                    opening.Set();
                    goOn.Wait(Patience);
                };
            },
            cancellation.Token);
        opening.Wait(Patience).Should().BeTrue();
        await cancellation.CancelAsync();
        await waiting.Awaiting(static w => w).Should().ThrowAsync<OperationCanceledException>();

        Task closing = OnAThreadOfItsOwn(() => _repository.DisposeAsync().AsTask());
        await Task.WhenAny(closing, Task.Delay(lockTimeout + TimeSpan.FromMilliseconds(300)));
        goOn.Set();
        await closing;

        _file.Path.Should().EndWith(LogName.Of(2));
        SpinWait.SpinUntil(() => _file.Reads > 0 && _file.IsDisposed, TimeSpan.FromSeconds(1)).Should().BeTrue();
    }

    [Test]
    public async Task Opening_ThatFails_IsNotPresentAnyMoreWhenTheNextOneLooks()
    {
        await _repository.DisposeAsync();
        using var opening = new LogOpening(OpenDirectory(), LogSettings.Of(new SecretStoreOptions()), static () => new LogIndex(static _ => { }));
        RepositoryHeader header = opening.FindHeader()!;

        Action start = () => opening.Start(header, new FixedKeyProtector(8), CancellationToken.None);

        start.Should().Throw<SecretStoreIntegrityException>();
        using SharedPage page = OpenDirectory().OpenPage()!;
        page.Presence.TryTake().Should().BeTrue("the next one would take what an earlier boot left in the page for the truth");
    }

    private static Task OnAThreadOfItsOwn(Func<Task> action) =>
        Task.Factory.StartNew(action, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();

    /// <summary>Drops when so many chunks and one more are written: the records are one, and then the payloads.</summary>
    private async Task CheckErasureAsync(byte[] dead, int reportsBefore, Func<RepositoryCommit> drop)
    {
        Task waiting = Task.CompletedTask;
        await _repository.CompactAsync(new OneReport(reportsBefore, () =>
        {
            _repository.CommitAsync(drop()).AsTask().Wait();
            waiting = _repository.WaitForErasureAsync().AsTask();
        }));
        IsInAFile(dead).Should().BeTrue("the compaction had copied it");

        Task first = await Task.WhenAny(waiting, Task.Delay(TimeSpan.FromMilliseconds(200)));

        first.Should().NotBe(waiting, "it is still in a file");
        await _repository.CompactAsync();
        await waiting;
        IsInAFile(dead).Should().BeFalse();
    }

    private async Task<IStoreFile> HeldOpenWhileCompactedAsync(FileSecretRepository repository, long generation, Func<Task<IStoreFile>> then)
    {
        using IStoreFile held = OpenDirectory().Open(LogName.Of(generation), readOnly: true);
        await repository.CompactAsync();
        return await then();
    }

    private bool IsInAFile(byte[] bytes) => Directory.GetFiles(_directory.Store, LogName.Pattern).Any(path =>
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        byte[] content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content.AsSpan().IndexOf(bytes) >= 0;
    });

    private async Task DropAPayloadAsync()
    {
        await _repository.CommitAsync(Samples.Commit(Samples.Create("name", null, (_payload, Samples.Bytes()))));
        await _repository.CommitAsync(Samples.Commit(Samples.Remove("name", Samples.Stamp(1), _payload)));
    }

    private async Task RestartWithoutCompactionAsync()
    {
        await _repository.DisposeAsync();
        _repository = await StartedAsync(compactsByItself: false);
    }

    private StoreDirectory OpenDirectory() => StoreDirectory.OpenOrMake(_directory.Store, readOnly: false)!;

    /// <summary>A commit that stands in line behind a lock on the queue, where it is until something has been done.</summary>
    private async Task<Task> CommitInLineAsync(Func<Task> meanwhile, CancellationToken cancellationToken = default)
    {
        using ISharedLock queue = OpenDirectory().OpenLock(LockName.Queue)!;
        queue.TryTake().Should().BeTrue();
        Task waiting = OnAThreadOfItsOwn(() => _repository.CommitAsync(Samples.Commit(Samples.Create("in-line")), cancellationToken).AsTask());
        _waits.Wait(Patience, CancellationToken.None).Should().BeTrue();
        await meanwhile();
        queue.Release();
        return waiting;
    }

    private async Task<FileSecretRepository> StartedAsync(bool compactsByItself, bool hasQueue = true, TimeSpan? lockTimeout = null)
    {
        _time = new FakeTimeProvider(DateTimeOffset.UnixEpoch);
        var options = new SecretStoreOptions { TimeProvider = _time, LockTimeout = lockTimeout ?? Patience };
        var repository = new FileSecretRepository(
            _directory.Store,
            options,
            () => new FaultyLogDirectory(OpenDirectory(), Wrap)
            {
                WrapLock = (name, inner) => name != LockName.Queue ? inner : hasQueue ? new ToldLock(inner!, _waits.Set) : null,
            },
            compactsByItself);
        await repository.ReadHeaderAsync();
        await repository.StartAsync(Samples.Header(), new FixedKeyProtector());
        return repository;
    }

    private FaultyLogFile Wrap(IStoreFile opened)
    {
        var file = new FaultyLogFile(opened);
        _file = file;
        _onOpen();
        return file;
    }

    /// <summary>A lock that tells when somebody begins to wait for it.</summary>
    private sealed class ToldLock(ISharedLock inner, Action onTake) : ISharedLock
    {
        public bool TryTake(bool exclusive = true) => inner.TryTake(exclusive);

        public void Take()
        {
            onTake();
            inner.Take();
        }

        public void Release() => inner.Release();

        public void Dispose() => inner.Dispose();
    }

    /// <summary>Does something, on the thread of a copy, when the first chunk is copied.</summary>
    private sealed class OneReport(int reportsBefore, Action action) : IProgress<CopyProgress>
    {
        private int _left = reportsBefore;

        public void Report(CopyProgress value)
        {
            if (_left-- == 0)
            {
                action();
            }
        }
    }
}
