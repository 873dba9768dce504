using EmbeddedSecrets.Files;
using EmbeddedSecrets.Interop;
using EmbeddedSecrets.Repositories.Log;
using EmbeddedSecrets.Tests.Faults;

namespace EmbeddedSecrets.Tests.Repositories;

/// <summary>The rules of DESIGN F6 one by one, with what a killed writer leaves behind planted by hand.</summary>
[TestFixture]
public sealed class SharedWritingTests
{
    private TemporaryDirectory _directory = null!;
    private SecretStore _store = null!;
    private SharedPage _page = null!;

    [SetUp]
    public async Task OpenAsync()
    {
        _directory = new TemporaryDirectory();
        _store = await SecretStore.OpenAsync(_directory.Store, RootKey.FromFile(_directory["root.key"]));
        await PutAsync("name", "first");
        _page = StoreDirectory.OpenOrMake(_directory.Store, readOnly: false)!.OpenPage()!;
    }

    [TearDown]
    public async Task CloseAsync()
    {
        _page.Dispose();
        await _store.DisposeAsync();
        _directory.Dispose();
    }

    [Test]
    public async Task Put_AfterAWriterThatDiedHalfWay_ZeroesWhatItLeft()
    {
        long end = _page.End.Offset;
        const int Left = 8 << 10;
        _page.Intent = (end, end + Left);
        using (var log = new FileStream(_directory.LogPath, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
        {
            log.Position = end;
            log.Write(Enumerable.Repeat((byte)0xee, Left).ToArray());
        }

        await PutAsync("name", "second");

        _page.Intent.Should().Be((0L, 0L));
        _directory.ReadLog().AsSpan((int)_page.End.Offset).IndexOfAnyExcept((byte)0).Should().Be(-1);
        (await ReadAsync()).Should().Be("second");
    }

    [Test]
    public async Task List_AfterAnotherInstanceCreatedAndDeleted_SeesIt()
    {
        await using SecretStore other = await SecretStore.OpenAsync(_directory.Store, RootKey.FromFile(_directory["root.key"]));
        (await NamesOf(other)).Should().Equal("name");
        for (int i = 0; i < 10; i++)
        {
            using SecretValue value = SecretValue.FromText("a value");
            await _store.CreateSecretAsync($"other-{i}", value);

            (await NamesOf(other)).Should().Equal(["name", .. Enumerable.Range(0, i + 1).Select(static n => $"other-{n}")]);
            (await other.ListSecretsPageAsync(size: 20)).Secrets.Should().HaveCount(i + 2);
        }
    }

    [Test]
    public async Task List_OfAnEmptyStore_SeesTheFirstSecretOfAnotherInstance()
    {
        await _store.DeleteSecretAsync("name", SecretDeletion.Immediately);
        await using SecretStore other = await SecretStore.OpenAsync(_directory.Store, RootKey.FromFile(_directory["root.key"]));
        (await NamesOf(other)).Should().BeEmpty();

        using SecretValue value = SecretValue.FromText("a value");
        await _store.CreateSecretAsync("first", value);

        (await NamesOf(other)).Should().Equal("first");
    }

    [Test]
    public async Task Put_AfterAWriterThatDiedBetweenPublishingAndClearing_KeepsWhatItPublished()
    {
        long before = _page.End.Offset;
        await PutAsync("name", "second");
        _page.Intent = (before, _page.End.Offset);

        await PutAsync("other", "third");

        (await ReadAsync()).Should().Be("second");
        await _store.DisposeAsync();
        _store = await SecretStore.OpenAsync(_directory.Store, RootKey.FromFile(_directory["root.key"]));
        (await ReadAsync()).Should().Be("second");
    }

    [Test]
    public async Task Put_WhileTheGenerationIsStopped_IsRefusedUntilACompactionHeals()
    {
        _page.StoppedGeneration = 1;

        Func<Task> put = () => PutAsync("name", "second");

        (await put.Should().ThrowAsync<SecretStoreUnavailableException>()).Which.Code.Should().Be(SecretStoreErrorCodes.WritesStopped);
        (await ReadAsync()).Should().Be("first");
        await _store.Maintenance.CompactAsync();
        await put.Should().NotThrowAsync();
        _page.StoppedGeneration.Should().Be(0);
    }

    [Test]
    public void Publish_WhileOthersLook_IsSeenAsOneWord()
    {
        var one = new LogEnd(1, 8L << 20);
        var two = new LogEnd(2, 16);
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        var publisher = new Thread(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                _page.Publish(one);
                _page.Publish(two);
            }
        });
        LogEnd real = _page.End;
        _page.Publish(one);
        publisher.Start();
        bool torn = false;
        while (!stop.IsCancellationRequested)
        {
            LogEnd seen = _page.End;
            torn |= seen != one && seen != two;
        }

        publisher.Join();
        _page.Publish(real);
        torn.Should().BeFalse();
    }

    [Test]
    public async Task Put_RightAfterAnother_AppendsNothingBetween()
    {
        // What the next frame begins at is what was published.
        long end = _page.End.Offset;
        await PutAsync("name", "second");

        FrameHeader.TryRead(_directory.ReadLog().AsSpan((int)end, FrameHeader.Size), out FrameHeader header).Should().BeTrue();
        header.Offset.Should().Be(end);
        (end + header.FrameLength).Should().Be(_page.End.Offset);
    }

    [Test]
    public async Task Put_AfterACompactionThatDiedBeforePublishing_GoesToTheNewLog()
    {
        await using (SecretStore dying = OpenThrough(inner => new DyingRenames(inner)))
        {
            Func<Task> compact = () => dying.Maintenance.CompactAsync().AsTask();
            await compact.Should().ThrowAsync<SecretStoreException>();
        }

        // Who is killed tells nobody.
        _page.StoppedGeneration = 0;
        File.Exists(Path.Combine(_directory.Store, LogName.Of(2))).Should().BeTrue();

        await PutAsync("name", "second");

        _page.End.IsOf(2).Should().BeTrue();
        await _store.DisposeAsync();
        _store = await SecretStore.OpenAsync(_directory.Store, RootKey.FromFile(_directory["root.key"]));
        (await ReadAsync()).Should().Be("second");
    }

    [Test]
    public async Task Put_WhileItWrites_ItsRangeIsAnnounced()
    {
        var announced = new List<(long From, long To)>();
        await using SecretStore watched = OpenThrough(inner => new FaultyLogDirectory(inner, file => new FaultyLogFile(file)
        {
            FailWrite = length =>
            {
                if (_page.Intent.To != 0)
                {
                    (_page.Intent.To - _page.Intent.From).Should().Be(length);
                    announced.Add(_page.Intent);
                }

                return false;
            },
        }));
        using SecretValue value = SecretValue.FromText("second");
        long end = _page.End.Offset;

        await watched.PutSecretValueAsync("name", value);

        announced.Should().Equal((end, _page.End.Offset));
    }

    private SecretStore OpenThrough(Func<IStoreDirectory, IStoreDirectory> wrap)
    {
        var repository = new FileSecretRepository(
            _directory.Store, null, () => wrap(StoreDirectory.OpenOrMake(_directory.Store, readOnly: false)!), compactsByItself: false);
        return new SecretStore(repository, new KeyRing(RootKey.FromFile(_directory["root.key"])));
    }

    private static async Task<List<string>> NamesOf(SecretStore store)
    {
        List<string> names = [];
        await foreach (SecretDescription secret in store.ListSecretsAsync())
        {
            names.Add(secret.Name);
        }

        return names;
    }

    private async Task PutAsync(string name, string text)
    {
        using SecretValue value = SecretValue.FromText(text);
        try
        {
            await _store.PutSecretValueAsync(name, value);
        }
        catch (SecretNotFoundException)
        {
            await _store.CreateSecretAsync(name, value);
        }
    }

    /// <summary>A directory in which whoever renames a log dies right after it.</summary>
    private sealed class DyingRenames(IStoreDirectory inner) : IStoreDirectory
    {
        public string Path => inner.Path;

        public IReadOnlyList<string> ListNames() => inner.ListNames();

        public IStoreFile Open(string name, bool readOnly) => inner.Open(name, readOnly);

        public IStoreFile Create(string name) => inner.Create(name);

        public void Rename(IStoreFile file, string name)
        {
            inner.Rename(file, name);
            throw new IOException("Killed.");
        }

        public void Delete(string name) => inner.Delete(name);

        public void Flush() => inner.Flush();

        public bool Exists(string name) => inner.Exists(name);

        public ISharedLock? OpenLock(LockName name) => inner.OpenLock(name);

        public SharedPage? OpenPage() => inner.OpenPage();

        public void Dispose() => inner.Dispose();
    }

    private async Task<string> ReadAsync()
    {
        using SecretValueResult result = await _store.GetSecretValueAsync("name");
        return result.Value.RevealText();
    }
}
