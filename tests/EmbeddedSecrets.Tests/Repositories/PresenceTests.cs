using EmbeddedSecrets.Files;
using EmbeddedSecrets.Fuzz;
using EmbeddedSecrets.Interop;

namespace EmbeddedSecrets.Tests.Repositories;

/// <summary>
/// An instance is taken for present, and the page for right, only by who holds the commit lock; so being present begins and
/// ends within it (DESIGN F6). Otherwise an opening that is about to fail is met by one that believes the page of another boot.
/// </summary>
[TestFixture]
public sealed class PresenceTests
{
    private WatchedDirectory _directory = null!;

    [SetUp]
    public void SetUp() => _directory = new WatchedDirectory();

    [TearDown]
    public void TearDown() => _directory.Dispose();

    [Test]
    public async Task Presence_OneInstance_ChangesWithinTheCommitLock()
    {
        FileSecretRepository repository = await CreateAsync();
        _directory.Changes.Should().NotBeEmpty();
        _directory.Changes.Clear();

        await repository.DisposeAsync();

        CheckEnded();
    }

    [Test]
    public async Task Presence_InstanceThatJoins_ChangesWithinTheCommitLock()
    {
        await using FileSecretRepository first = await CreateAsync();
        _directory.Changes.Clear();
        var second = new FileSecretRepository("memory", null, () => _directory);
        await second.StartAsync((await second.ReadHeaderAsync())!, new FixedKeyProtector());
        _directory.Changes.Should().NotBeEmpty();

        await second.DisposeAsync();

        _directory.Changes.Should().OnlyContain(static within => within);
    }

    [Test]
    public async Task Presence_OpeningThatFails_EndsWithinTheCommitLock()
    {
        await (await CreateAsync()).DisposeAsync();
        _directory.Changes.Clear();
        var second = new FileSecretRepository("memory", null, () => _directory);
        RepositoryHeader header = (await second.ReadHeaderAsync())!;
        Func<Task> opening = async () => await second.StartAsync(header, new FixedKeyProtector(keyByte: 8));

        await opening.Should().ThrowAsync<SecretStoreIntegrityException>();

        await second.DisposeAsync();
        CheckEnded();
    }

    [Test]
    public async Task Presence_PageThatIsSetUpAgain_ChangesWithinTheCommitLock()
    {
        await using FileSecretRepository repository = await CreateAsync();
        _directory.Changes.Clear();
        _directory.Page.AsSpan().Clear();

        await repository.CommitAsync(Samples.Commit(Samples.Create("n")));

        _directory.Changes.Should().NotBeEmpty().And.OnlyContain(static within => within);
    }

    private async Task<FileSecretRepository> CreateAsync()
    {
        var repository = new FileSecretRepository("memory", null, () => _directory);
        await repository.ReadHeaderAsync();
        await repository.StartAsync(Samples.Header(), new FixedKeyProtector());
        _directory.Changes.Should().OnlyContain(static within => within);
        return repository;
    }

    private void CheckEnded()
    {
        _directory.Changes.Should().NotBeEmpty().And.OnlyContain(static within => within);
        _directory.Present.Should().Be(0);
    }

    /// <summary>A directory in memory that notes, at each change of who is present, whether the commit lock was held.</summary>
    private sealed class WatchedDirectory : IStoreDirectory
    {
        private readonly MemoryLogDirectory _inner = new();
        private readonly List<WatchedLock> _presences = [];
        private WatchedLock? _writer;

        public byte[] Page { get; } = GC.AllocateArray<byte>(SharedPage.Size, pinned: true);

        public List<bool> Changes { get; } = [];

        public int Present => _presences.Count(static presence => presence.IsHeld);

        public string Path => _inner.Path;

        public IReadOnlyList<string> ListNames() => _inner.ListNames();

        public IStoreFile Open(string name, bool readOnly) => _inner.Open(name, readOnly);

        public IStoreFile Create(string name) => _inner.Create(name);

        public void Rename(IStoreFile file, string name) => _inner.Rename(file, name);

        public void Delete(string name) => _inner.Delete(name);

        public void Flush() => _inner.Flush();

        public bool Exists(string name) => _inner.Exists(name);

        public ISharedLock? OpenLock(LockName name) =>
            name == LockName.Commit ? new WatchedLock(_ => _writer is null, held => _writer = held) : new PrivateLock();

        public SharedPage? OpenPage()
        {
            WatchedLock presence = null!;
            presence = new WatchedLock(_ => !_presences.Exists(other => other != presence && other.IsHeld), _ => Changes.Add(_writer is not null));
            _presences.Add(presence);
            return PrivatePage.Create(Page, presence);
        }

        public void Dispose() => _inner.Dispose();
    }

    /// <summary>A lock of one instance, which asks before it is taken alone and tells of each change.</summary>
    private sealed class WatchedLock(Predicate<WatchedLock> mayTakeAlone, Action<WatchedLock?> changed) : ISharedLock
    {
        public bool IsHeld { get; private set; }

        public bool TryTake(bool exclusive = true)
        {
            if (exclusive && !mayTakeAlone(this))
            {
                return false;
            }

            IsHeld = true;
            changed(this);
            return true;
        }

        public void Take() => TryTake().Should().BeTrue("nobody else is there");

        public void Release()
        {
            if (IsHeld)
            {
                IsHeld = false;
                changed(null);
            }
        }

        public void Dispose() => Release();
    }
}
