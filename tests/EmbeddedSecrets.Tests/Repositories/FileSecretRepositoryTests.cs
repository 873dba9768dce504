using EmbeddedSecrets.Interop;
using EmbeddedSecrets.Tests.Contracts;

namespace EmbeddedSecrets.Tests.Repositories;

[TestFixture]
public sealed class FileSecretRepositoryTests : SecretRepositoryContract
{
    private TemporaryDirectory _directory = null!;

    protected override Task<ISecretRepository> CreateAsync()
    {
        _directory = new TemporaryDirectory();
        return Task.FromResult<ISecretRepository>(new FileSecretRepository(_directory.Store));
    }

    [TearDown]
    public async Task RemoveDirectory()
    {
        await Repository.DisposeAsync();
        _directory.Dispose();
    }

    [TestCaseSource(nameof(Askings))]
    public async Task CommitAsync_ListThatGrowsMeanwhile_LeavesALogThatOpens(int asking)
    {
        using var directory = new TemporaryDirectory();
        await using (var repository = new FileSecretRepository(directory.Store))
        {
            await StartAsync(repository);
            await repository.CommitAsync(Samples.Commit(Samples.Create("kept")));
            List<RepositoryChange> changes = [];
            RepositoryChange first = Samples.Create("first");
            changes.Add(new RepositoryChange
            {
                Name = first.Name,
                Expected = first.Expected,
                Record = first.Record,
                AddedPayloads = new PayloadsThatAdd(asking, () => changes.Add(Samples.Create("more"))),
            });
            try
            {
                await repository.CommitAsync(new RepositoryCommit { HeaderRevision = 1, Changes = changes });
            }
            catch (Exception exception) when (exception is InvalidOperationException or ArgumentException)
            {
                // Whether it is taken or refused is not said anywhere; what must not be is a frame that nobody can read.
            }

            await repository.CommitAsync(Samples.Commit(Samples.Create("after")));
        }

        await using var again = new FileSecretRepository(directory.Store);
        await StartAsync(again);
        (await Samples.NamesAsync(again)).Should().Contain(["after", "kept"]);
    }

    [Test]
    public async Task StartAsync_Reopened_KeepsEverything()
    {
        byte[] content = Samples.Bytes();
        byte[] payload = Samples.Bytes(500);
        await Repository.CommitAsync(Samples.Commit(Samples.Create("a", content, (new UniqueId(0, 3), payload)), Samples.Create("b")));
        await Repository.CommitAsync(new RepositoryCommit { HeaderRevision = 1, NewHeader = Samples.Header(2), Changes = [Samples.Remove("b", Samples.Stamp(1))] });
        await Repository.DisposeAsync();

        await using var again = new FileSecretRepository(_directory.Store);
        RecoveryReport report = await OpenAsync(again);

        report.Should().BeEquivalentTo(new RecoveryReport { Sequence = 2, RecordCount = 1, WasClosed = true });
        again.CurrentHeader.Revision.Should().Be(2);
        (await again.FindAsync("a"))!.Value.Sealed.ToArray().Should().Equal(content);
        var read = new byte[500];
        (await again.ReadPayloadAsync(new UniqueId(0, 3), read)).Should().BeTrue();
        read.Should().Equal(payload);
        (await again.FindAsync("b")).Should().BeNull();
    }

    [Test]
    public async Task StartAsync_ManyOpenings_GoOnWriting()
    {
        await Repository.DisposeAsync();
        for (int i = 0; i < 5; i++)
        {
            await using var again = new FileSecretRepository(_directory.Store);
            (await OpenAsync(again)).Should().Match<RecoveryReport>(r => r.WasClosed && r.RecordCount == i && r.DroppedOffset == null);
            await again.CommitAsync(Samples.Commit(Samples.Create("n" + i, Samples.Bytes(50_000))));
        }
    }

    [Test]
    public async Task StartAsync_AfterCrash_KeepsAcknowledgedCommits()
    {
        await Repository.CommitAsync(Samples.Commit(Samples.Create("a")));
        using var copy = new TemporaryDirectory();
        _directory.CopyTo(copy);

        await using var again = new FileSecretRepository(copy.Store);
        RecoveryReport report = await OpenAsync(again);

        report.WasClosed.Should().BeFalse();
        report.DroppedOffset.Should().BeNull();
        (await again.FindAsync("a")).Should().NotBeNull();
        await again.CommitAsync(Samples.Commit(Samples.Create("b")));
    }

    [Test]
    public void Files_AreForTheOwnerOnly()
    {
        File.GetUnixFileMode(_directory.Store).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.GetUnixFileMode(_directory.LogPath).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.GetUnixFileMode(_directory.LockPath).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Directory.GetFileSystemEntries(_directory.Store).Should().HaveCount(4);
        Directory.GetFiles(_directory.Store).Should().OnlyContain(path => File.GetUnixFileMode(path) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
    }

    [Test]
    public async Task Log_HoldsNoName()
    {
        await Repository.CommitAsync(Samples.Commit(Samples.Create("a-very-telling-name")));

        System.Text.Encoding.Latin1.GetString(_directory.ReadLog()).Should().NotContain("telling");
    }

    [Test]
    public async Task CommitAsync_LockHeldElsewhere_IsLockedAndNamesTheProcess()
    {
        await using var second = new FileSecretRepository(_directory.Store, new SecretStoreOptions { LockTimeout = TimeSpan.FromMilliseconds(20) });
        await OpenAsync(second);
        using var held = new FileLock(NativeFile.OpenDirectory(_directory.Store), _directory.Store);
        held.TryTake().Should().BeTrue();

        Func<Task> commit = () => second.CommitAsync(Samples.Commit(Samples.Create("a"))).AsTask();

        SecretStoreUnavailableException error = (await commit.Should().ThrowAsync<SecretStoreUnavailableException>()).Which;
        error.Code.Should().Be(SecretStoreErrorCodes.Locked);
        error.Message.Should().Contain(Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture));
        held.Release();
        await commit.Should().NotThrowAsync();
    }

    [Test]
    public async Task ReadOnly_ChangesNoByteAndRefusesWrites()
    {
        await Repository.CommitAsync(Samples.Commit(Samples.Create("a")));
        using var copy = new TemporaryDirectory();
        _directory.CopyTo(copy);
        byte[] before = copy.ReadLog();
        before[^1] = 1;
        copy.WriteLog(before);

        await using (var readOnly = new FileSecretRepository(copy.Store, new SecretStoreOptions { ReadOnly = true }))
        {
            (await OpenAsync(readOnly)).DroppedOffset.Should().NotBeNull();
            (await readOnly.FindAsync("a")).Should().NotBeNull();
            Func<Task> act = async () => await readOnly.CommitAsync(Samples.Commit(Samples.Create("b")));
            (await act.Should().ThrowAsync<SecretStoreUnavailableException>()).Which.Code.Should().Be(SecretStoreErrorCodes.WritesStopped);
        }

        copy.ReadLog().Should().Equal(before);
        File.ReadAllBytes(copy.LockPath).Should().BeEmpty();
    }

    [Test]
    public async Task ReadOnly_NoStore_CreatesNothing()
    {
        string path = Path.Combine(_directory.Root, "none");
        await using var readOnly = new FileSecretRepository(path, new SecretStoreOptions { ReadOnly = true });

        (await readOnly.ReadHeaderAsync()).Should().BeNull();
        Func<Task> act = async () => await readOnly.StartAsync(Samples.Header(), new FixedKeyProtector());
        await act.Should().ThrowAsync<SecretStoreUnavailableException>();
        Directory.Exists(path).Should().BeFalse();
    }

    [TestCase("directory")]
    [TestCase("log")]
    [TestCase("lock")]
    public async Task ReadHeaderAsync_LooseMode_IsRefusedWithRemedy(string which)
    {
        await Repository.DisposeAsync();
        string path = which switch { "directory" => _directory.Store, "log" => _directory.LogPath, _ => _directory.LockPath };
        File.SetUnixFileMode(path, File.GetUnixFileMode(path) | UnixFileMode.GroupRead);
        await using var again = new FileSecretRepository(_directory.Store);

        (await ExpectAsync(again, SecretStoreErrorCodes.InsecurePermissions)).Message.Should().Contain(path).And.Contain("chmod");

        File.SetUnixFileMode(path, File.GetUnixFileMode(path) & ~UnixFileMode.GroupRead);
        await OpenAsync(again);
    }

    [Test]
    public async Task ReadHeaderAsync_LogIsLink_IsRefused()
    {
        await Repository.DisposeAsync();
        string moved = _directory.LogPath + ".moved";
        File.Move(_directory.LogPath, moved);
        File.CreateSymbolicLink(_directory.LogPath, moved);
        await using var again = new FileSecretRepository(_directory.Store);

        await ExpectAsync(again, SecretStoreErrorCodes.InsecurePermissions);
    }

    [Test]
    public async Task ReadHeaderAsync_DirectoryIsLinkOrFile_IsRefused()
    {
        await Repository.DisposeAsync();
        string link = Path.Combine(_directory.Root, "link");
        File.CreateSymbolicLink(link, _directory.Store);
        string file = Path.Combine(_directory.Root, "file");
        await File.WriteAllBytesAsync(file, []);

        await ExpectAsync(new FileSecretRepository(link), SecretStoreErrorCodes.InsecurePermissions);
        await ExpectAsync(new FileSecretRepository(file), SecretStoreErrorCodes.InsecurePermissions);
    }

    [Test]
    public async Task ReadHeaderAsync_LogIsFifo_IsRefusedWithoutWaiting()
    {
        await Repository.DisposeAsync();
        File.Delete(_directory.LogPath);
        using (var process = System.Diagnostics.Process.Start("mkfifo", ["-m", "600", _directory.LogPath]))
        {
            await process.WaitForExitAsync();
        }

        await ExpectAsync(new FileSecretRepository(_directory.Store), SecretStoreErrorCodes.InsecurePermissions);
    }

    [Test]
    public async Task StartAsync_OtherKey_IsTamperedAndCanBeTriedAgain()
    {
        await Repository.DisposeAsync();
        await using var again = new FileSecretRepository(_directory.Store);
        RepositoryHeader header = (await again.ReadHeaderAsync())!;
        Func<Task> act = async () => await again.StartAsync(header, new FixedKeyProtector(keyByte: 8));
        (await act.Should().ThrowAsync<SecretStoreIntegrityException>()).Which.Code.Should().Be(SecretStoreErrorCodes.Tampered);

        await OpenAsync(again);
    }

    [Test]
    public async Task StartAsync_HeaderThatIsNotInTheHistory_IsTampered()
    {
        await Repository.DisposeAsync();
        await using var again = new FileSecretRepository(_directory.Store);
        await again.ReadHeaderAsync();
        Func<Task> act = async () => await again.StartAsync(Samples.Header(2), new FixedKeyProtector());
        (await act.Should().ThrowAsync<SecretStoreIntegrityException>()).Which.Code.Should().Be(SecretStoreErrorCodes.Tampered);
    }

    [Test]
    public async Task ReadHeaderAsync_NameThatIsNoLogOfThisLibrary_IsLeftAlone()
    {
        await Repository.DisposeAsync();
        string[] strangers = ["log-000000000000000A.ess", "log-backup.ess.tmp", "log-0000000000000001.ess~"];
        foreach (string name in strangers)
        {
            await File.WriteAllBytesAsync(Path.Combine(_directory.Store, name), [1]);
        }

        await using var again = new FileSecretRepository(_directory.Store);
        await OpenAsync(again);
        strangers.Should().OnlyContain(name => File.Exists(Path.Combine(_directory.Store, name)));
    }

    internal static async Task<RecoveryReport> OpenAsync(FileSecretRepository repository)
    {
        RepositoryHeader? header = await repository.ReadHeaderAsync();
        header.Should().NotBeNull();
        return await repository.StartAsync(header!, new FixedKeyProtector());
    }

    internal static async Task<SecretStoreException> ExpectAsync(FileSecretRepository repository, string code)
    {
        Func<Task> act = async () => await OpenAsync(repository);
        SecretStoreException exception = (await act.Should().ThrowAsync<SecretStoreException>()).Which;
        exception.Code.Should().Be(code);
        return exception;
    }

    private static IEnumerable<int> Askings() => Enumerable.Range(1, 10);

    private static async Task StartAsync(FileSecretRepository repository)
    {
        await repository.ReadHeaderAsync();
        await repository.StartAsync(Samples.Header(), new FixedKeyProtector());
    }

    /// <summary>No payloads, and something happens when their number is asked for the n-th time.</summary>
    private sealed class PayloadsThatAdd(int asking, Action happening) : IReadOnlyList<RepositoryPayload>
    {
        private int _asked;

        public int Count
        {
            get
            {
                if (++_asked == asking)
                {
                    happening();
                }

                return 0;
            }
        }

        public RepositoryPayload this[int index] => throw new ArgumentOutOfRangeException(nameof(index));

        public IEnumerator<RepositoryPayload> GetEnumerator() => Enumerable.Empty<RepositoryPayload>().GetEnumerator();

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
