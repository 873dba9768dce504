using EmbeddedSecrets.Repositories.Log;

namespace EmbeddedSecrets.Tests.Anchors;

/// <summary>An older copy, a cut tail, another store: found with an anchor, and documented to pass without one (DESIGN F5).</summary>
[TestFixture]
public sealed class RollbackAnchorTests
{
    private TemporaryDirectory _directory = null!;
    private TemporaryDirectory _copy = null!;

    private string AnchorPath => _directory["anchor"];

    [SetUp]
    public void SetUp()
    {
        _directory = new TemporaryDirectory();
    }

    [TearDown]
    public void TearDown()
    {
        _directory.Dispose();
    }

    [Test]
    public async Task Open_OlderCopyPutBack_IsRolledBackOnlyWithAnAnchor()
    {
        await PutAsync("first");
        byte[] older = _directory.ReadLog();
        await PutAsync("second");
        byte[] newer = _directory.ReadLog();
        _directory.WriteLog(older);

        SecretStoreException error = await RefusedAsync();

        error.Message.Should().Contain(_directory.Store).And.Contain("AcceptRollback");
        _directory.ReadLog().Should().Equal(older, "nothing was changed");
        (await ReadAsync(new SecretStoreOptions())).Should().Be("first", "without an anchor an older copy cannot be told from the newest");
        _directory.WriteLog(newer);
        (await ReadAsync(Anchored())).Should().Be("second");
    }

    [Test]
    public async Task Open_TailCutAtTheBorderOfAFrame_IsRolledBack()
    {
        await PutAsync("first");
        await PutAsync("second");
        byte[] log = _directory.ReadLog();
        int[] frames = [.. Frames(log)];

        // The closing frame at the end is no commit: without it the store is as new as before.
        foreach (int cut in frames[1..^2])
        {
            byte[] shorter = [.. log];
            shorter.AsSpan(cut).Clear();
            _directory.WriteLog(shorter);
            await RefusedAsync();
        }

        log.AsSpan(frames[^1]).Clear();
        _directory.WriteLog(log);
        (await ReadAsync(Anchored())).Should().Be("second");
    }

    [Test]
    public async Task Open_LastCommitDamaged_IsDroppedWithoutAnAnchorAndRefusedWithOneOrWhenStrict()
    {
        await PutAsync("first");
        await using (SecretStore store = await OpenAsync(Anchored()))
        {
            using SecretValue value = SecretValue.FromText("second");
            await store.PutSecretValueAsync("name", value);
            _directory.CopyTo(_copy = new TemporaryDirectory());
        }

        byte[] log = _copy.ReadLog();
        log[Frames(log).Last() + 100] ^= 1;
        _copy.Dispose();
        _directory.WriteLog(log);

        await RefusedAsync();
        Func<Task> strict = () => ReadAsync(new SecretStoreOptions { Recovery = RecoveryMode.Strict });
        (await strict.Should().ThrowAsync<SecretStoreIntegrityException>()).Which.Code.Should().Be(SecretStoreErrorCodes.Corrupt);
        _directory.ReadLog().Should().Equal(log, "a refused opening changes nothing");
        (await ReadAsync(new SecretStoreOptions())).Should().Be("first");
    }

    [Test]
    public async Task Open_RollbackAccepted_BeginsAnEpochThatTheOtherHistoryCannotPass()
    {
        await PutAsync("first");
        byte[] older = _directory.ReadLog();
        await PutAsync("second");
        await PutAsync("third");
        byte[] abandoned = _directory.ReadLog();
        _directory.WriteLog(older);

        SecretStoreOptions accepting = Anchored();
        accepting.AcceptRollback = true;
        (await ReadAsync(accepting)).Should().Be("first");
        (await ReadAsync(Anchored())).Should().Be("first", "once is enough");
        await PutAsync("another second");
        byte[] kept = _directory.ReadLog();

        _directory.WriteLog(abandoned);
        await RefusedAsync();
        _directory.WriteLog(kept);
        (await ReadAsync(Anchored())).Should().Be("another second");
    }

    [Test]
    public async Task Open_ForkOfTheSameLength_IsRolledBack()
    {
        await PutAsync("first");
        byte[] common = _directory.ReadLog();
        await PutAsync("second");
        _directory.WriteLog(common);
        await PutAsync("fork", new SecretStoreOptions());

        await RefusedAsync();
    }

    [Test]
    public async Task Open_EmptyDirectoryOrAnotherStore_IsRolledBack()
    {
        await PutAsync("first");
        File.Delete(_directory.LogPath);
        await RefusedAsync();
        File.Exists(_directory.LogPath).Should().BeFalse("no new store takes the place of one that the anchor knows");

        await PutAsync("of another store", new SecretStoreOptions());
        await RefusedAsync();
    }

    [Test]
    public async Task Compact_AgainAndAgain_TheAnchorFollows()
    {
        await PutAsync("first");
        await using (SecretStore store = await OpenAsync(Anchored()))
        {
            await store.Maintenance.CompactAsync();
            await store.Maintenance.CompactAsync();
        }

        (await ReadAsync(Anchored())).Should().Be("first");
        await PutAsync("second");
        (await ReadAsync(Anchored())).Should().Be("second");
    }

    [Test]
    public async Task Open_CompactedAgainAndAgainWithoutTheAnchor_IsTheStateThatTheAnchorKnows()
    {
        await PutAsync("first");
        for (int i = 0; i < 2; i++)
        {
            await using SecretStore store = await OpenAsync(new SecretStoreOptions());
            await store.Maintenance.CompactAsync();
        }

        (await ReadAsync(Anchored())).Should().Be("first", "a compaction changes no state");
        await PutAsync("second");
        (await ReadAsync(Anchored())).Should().Be("second");
    }

    [TestCase(long.MaxValue, 1)]
    [TestCase(-1, 1)]
    [TestCase(0, -1)]
    public async Task Open_AnchorHoldsAStateThatNoStoreCanHave_FailsAsTheAnchorDoes(long epoch, long sequence)
    {
        await PutAsync("first");
        var options = new SecretStoreOptions
        {
            RollbackAnchor = RollbackAnchor.FromCallbacks(() => new RollbackHead(new UniqueId(0, 1), epoch, sequence, new UniqueId(0, 1)), static _ => { }),
            AcceptRollback = true,
        };

        Func<Task> open = () => ReadAsync(options);

        (await open.Should().ThrowAsync<SecretStoreUnavailableException>()).Which.Code.Should().Be(SecretStoreErrorCodes.ServiceUnavailable);
        (await ReadAsync(Anchored())).Should().Be("first");
    }

    [Test]
    public async Task Put_AnchorFails_KeepsWhatIsCommittedAndRefusesMoreUntilItWorks()
    {
        RollbackHead? kept = null;
        bool fails = false;
        var options = new SecretStoreOptions
        {
            RollbackAnchor = RollbackAnchor.FromCallbacks(() => kept, head => kept = fails ? throw new IOException("no anchor today") : head),
        };
        await using SecretStore store = await OpenAsync(options);
        using SecretValue value = SecretValue.FromText("value");
        await store.CreateSecretAsync("a", value);
        RollbackHead before = kept!.Value;

        fails = true;
        await store.CreateSecretAsync("b", value);
        Func<Task> create = () => store.CreateSecretAsync("c", value).AsTask();
        (await create.Should().ThrowAsync<SecretStoreUnavailableException>()).Which.Code.Should().Be(SecretStoreErrorCodes.ServiceUnavailable);
        (await store.DescribeSecretAsync("b")).Name.Should().Be("b");
        kept.Should().Be(before);

        fails = false;
        await create.Should().NotThrowAsync();
        kept!.Value.Sequence.Should().Be(before.Sequence + 2);
    }

    [Test]
    public async Task FromFile_TornWrite_KeepsTheStateBefore()
    {
        IRollbackAnchor anchor = RollbackAnchor.FromFile(AnchorPath);
        anchor.Read().Should().BeNull();
        var first = new RollbackHead(new UniqueId(0, 1), 0, 1, new UniqueId(0, 11));
        var second = new RollbackHead(new UniqueId(0, 1), 0, 2, new UniqueId(0, 12));
        anchor.Advance(first);
        anchor.Advance(second);
        anchor.Read().Should().Be(second);
        File.GetUnixFileMode(AnchorPath).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);

        byte[] whole = await File.ReadAllBytesAsync(AnchorPath);
        whole[33] ^= 1; // the second write went to the first place
        await File.WriteAllBytesAsync(AnchorPath, whole);
        anchor.Read().Should().Be(first);
        Action back = () => anchor.Advance(new RollbackHead(new UniqueId(0, 1), 0, 0, new UniqueId(0, 10)));
        back.Should().Throw<SecretStoreIntegrityException>().Which.Code.Should().Be(SecretStoreErrorCodes.RolledBack);
    }

    [TestCase("missing/anchor", SecretStoreErrorCodes.ServiceUnavailable)]
    [TestCase("file/anchor", SecretStoreErrorCodes.ServiceUnavailable)]
    [TestCase("directory", SecretStoreErrorCodes.InsecurePermissions)]
    public async Task Open_PlaceOfTheAnchorIsNotThere_FailsInsteadOfBelievingTheStore(string path, string code)
    {
        await PutAsync("first");
        await File.WriteAllTextAsync(_directory["file"], "no directory");
        Directory.CreateDirectory(_directory["directory"]);

        Func<Task> open = () => ReadAsync(new SecretStoreOptions { RollbackAnchor = RollbackAnchor.FromFile(_directory[path]) });

        (await open.Should().ThrowAsync<SecretStoreException>()).Which.Code.Should().Be(
            code, "a volume that is not mounted is no anchor that was never written");
    }

    private static IEnumerable<int> Frames(byte[] log)
    {
        int offset = LogFileHeader.Length;
        while (FrameHeader.HasChecksum(log.AsSpan(offset)) && FrameHeader.TryRead(log.AsSpan(offset), out FrameHeader header))
        {
            yield return offset;
            offset += header.FrameLength;
        }
    }

    private SecretStoreOptions Anchored() => new() { RollbackAnchor = RollbackAnchor.FromFile(AnchorPath) };

    private async Task<SecretStore> OpenAsync(SecretStoreOptions options) =>
        await SecretStore.OpenAsync(_directory.Store, RootKey.FromFile(_directory["root.key"]), options);

    private async Task PutAsync(string text, SecretStoreOptions? options = null)
    {
        await using SecretStore store = await OpenAsync(options ?? Anchored());
        using SecretValue value = SecretValue.FromText(text);
        try
        {
            await store.PutSecretValueAsync("name", value);
        }
        catch (SecretNotFoundException)
        {
            await store.CreateSecretAsync("name", value);
        }
    }

    private async Task<string> ReadAsync(SecretStoreOptions options)
    {
        await using SecretStore store = await OpenAsync(options);
        using SecretValueResult result = await store.GetSecretValueAsync("name");
        return result.Value.RevealText();
    }

    private async Task<SecretStoreException> RefusedAsync()
    {
        Func<Task> open = async () => await OpenAsync(Anchored());
        SecretStoreException error = (await open.Should().ThrowAsync<SecretStoreIntegrityException>()).Which;
        error.Code.Should().Be(SecretStoreErrorCodes.RolledBack);
        return error;
    }
}
