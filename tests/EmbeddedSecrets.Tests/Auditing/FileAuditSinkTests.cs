using EmbeddedSecrets.Files;
using EmbeddedSecrets.Interop;
using EmbeddedSecrets.Tests.Faults;

namespace EmbeddedSecrets.Tests.Auditing;

/// <summary>The writer: what it writes, with whom it shares the trail, and what it does when the disk fails.</summary>
[TestFixture]
public sealed class FileAuditSinkTests
{
    private Trail _trail = null!;

    [SetUp]
    public void SetUp() => _trail = new Trail();

    [TearDown]
    public void TearDown() => _trail.Dispose();

    [Test]
    public void Write_DirectoryBelowAFile_FailsAsUnavailable()
    {
        using var directory = new TemporaryDirectory();
        File.WriteAllText(directory["file"], "no directory");
        using var sink = new FileAuditSink(Path.Combine(directory["file"], "trail"), directory["audit.key"]);

        FluentActions.Invoking(() => Trail.Put(sink, "a")).Should().Throw<SecretStoreUnavailableException>().Which.Message.Should().Contain("audit trail").And.NotContain("ReadOnly");
    }

    [Test]
    public async Task Write_Record_ReadsAsItWas()
    {
        AuditRecord written = Trail.RecordOf("db/password", "häns\n\u202e{\"x\":\"");
        using (FileAuditSink sink = _trail.Sink())
        {
            await sink.WriteAsync(written);
        }

        AuditEntry entry = (await _trail.ReadAsync()).Should().ContainSingle().Which;
        entry.Sequence.Should().Be(1);
        entry.Record.Should().BeEquivalentTo(written);
        entry.Record.Time.Offset.Should().Be(TimeSpan.Zero);
    }

    [Test]
    public void Write_LineEndsAndBidiMarksInThePrincipal_StayOnePrintableLine()
    {
        using FileAuditSink sink = _trail.Sink();
        Trail.Put(sink, "name", "a\r\nb\u0085\u2028\u2029\u202e\u2066\u007f\u0000\u001b[2J\ud800");
        byte[] bytes = File.ReadAllBytes(_trail.FileOf(1));
        bytes.Count(static b => b == (byte)'\n').Should().Be(2, "the first line of the file and the record");
        bytes.Where(static b => b is < 0x20 or > 0x7e).Should().OnlyContain(static b => b == (byte)'\n');
    }

    [Test]
    public void Write_LongestTexts_FitIntoALine()
    {
        string text = new('\u202e', 512);
        using FileAuditSink sink = _trail.Sink();
        sink.WriteAsync(new AuditRecord { RequestId = text, Phase = AuditPhase.Intent, Time = default, Operation = text, Principal = text, SecretName = text, VersionId = text, KeyId = text, Code = text }).AsTask().GetAwaiter().GetResult();
        File.ReadAllLines(_trail.FileOf(1))[1].Length.Should().BeLessThan(EmbeddedSecrets.Auditing.AuditLine.MaxLength);
    }

    [Test]
    public void Write_TextThatIsTooLong_IsRefused()
    {
        using FileAuditSink sink = _trail.Sink();
        FluentActions.Invoking(() => Trail.Put(sink, new string('x', 513))).Should().Throw<ArgumentException>();
    }

    [Test]
    public async Task Write_HashedNames_HideTheNameAndStayTheSame()
    {
        using (FileAuditSink sink = _trail.Sink(new FileAuditSinkOptions { HashNames = true }))
        {
            Trail.Put(sink, "db/password");
            Trail.Put(sink, "db/password");
            Trail.Put(sink, "other");
        }

        File.ReadAllText(_trail.FileOf(1)).Should().NotContain("password");
        List<AuditEntry> entries = await _trail.ReadAsync();
        entries[0].Record.SecretName.Should().StartWith("hmac-sha256:").And.Be(entries[1].Record.SecretName).And.NotBe(entries[2].Record.SecretName);
    }

    [Test]
    public async Task Write_TwoSinksInTurn_MakeOneChainAcrossFiles()
    {
        var options = new FileAuditSinkOptions { MaxFileLength = 65_536, FlushEveryRecord = false };
        using FileAuditSink first = _trail.Sink(options);
        using FileAuditSink second = _trail.Sink(options);
        for (int i = 0; i < 400; i++)
        {
            Trail.Put(i % 3 == 0 ? first : second, $"secret-{i}");
        }

        File.Exists(_trail.FileOf(2)).Should().BeTrue();
        AuditVerification found = await _trail.VerifyAsync();
        found.Faults.Should().BeEmpty();
        found.RecordCount.Should().Be(400);
    }

    [Test]
    public async Task Write_ManyThreadsAndTwoSinks_LoseNothing()
    {
        using FileAuditSink first = _trail.Sink();
        using FileAuditSink second = _trail.Sink();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(t => Task.Run(() =>
        {
            for (int i = 0; i < 50; i++)
            {
                Trail.Put(t % 2 == 0 ? first : second, $"secret-{t}-{i}");
            }
        })));
        AuditVerification found = await _trail.VerifyAsync();
        found.Faults.Should().BeEmpty();
        (await _trail.ReadAsync()).Select(static entry => entry.Record.SecretName).Distinct().Should().HaveCount(400);
    }

    [Test]
    public async Task Write_AfterEveryTornTail_KeepsWhatIsWhole()
    {
        _trail.Write(2);
        byte[] whole = File.ReadAllBytes(_trail.FileOf(1));
        int second = whole.AsSpan(0, whole.Length - 1).LastIndexOf((byte)'\n') + 1;
        for (int cut = second; cut <= whole.Length; cut += cut < whole.Length - 3 ? 37 : 1)
        {
            foreach (string file in Directory.GetFiles(_trail.Folder))
            {
                File.Delete(file);
            }

            File.WriteAllBytes(_trail.FileOf(1), whole[..cut]);
            File.SetUnixFileMode(_trail.FileOf(1), UnixFileMode.UserRead | UnixFileMode.UserWrite);
            using (FileAuditSink sink = _trail.Sink())
            {
                Trail.Put(sink, "next");
            }

            AuditVerification found = await _trail.VerifyAsync();
            found.IsIntact.Should().BeTrue("cut at {0}: {1}", cut, string.Join("; ", found.Faults));
            found.RecordCount.Should().Be(cut >= whole.Length - 1 ? 3 : 2);
        }
    }

    [Test]
    public async Task Verify_TornTail_IsReportedAsSuch()
    {
        _trail.Write(2);
        byte[] whole = File.ReadAllBytes(_trail.FileOf(1));
        File.WriteAllBytes(_trail.FileOf(1), whole[..^20]);
        AuditVerification found = await _trail.VerifyAsync();
        found.Faults.Should().ContainSingle().Which.Kind.Should().Be(AuditFaultKind.TornTail);
        found.IsIntact.Should().BeTrue();
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task Write_FullDiskOrFailedFlush_ThrowsAndGoesOnAfterwards(bool full)
    {
        var files = new List<FaultyLogFile>();
        bool fail = false;
        using FileAuditSink sink = _trail.FaultySink(file =>
        {
            file.FailWrite = _ => fail && full;
            file.FailFlush = fail && !full;
            files.Add(file);
        });
        Trail.Put(sink, "one");
        fail = true;
        files.ForEach(file => file.FailFlush = !full);
        for (int i = 0; i < 2; i++)
        {
            FluentActions.Invoking(() => Trail.Put(sink, "lost")).Should().Throw<SecretStoreUnavailableException>();
        }

        fail = false;
        Trail.Put(sink, "two");

        AuditVerification found = await _trail.VerifyAsync();
        found.Faults.Should().ContainSingle().Which.Kind.Should().Be(AuditFaultKind.AbandonedBytes);
        (await _trail.ReadAsync()).Select(static entry => entry.Record.SecretName).Should().Equal("one", "two");
    }

    [Test]
    public void Write_MissingKeyBesideATrail_NamesBothPaths()
    {
        _trail.Write(1);
        File.Delete(_trail.KeyFile);
        using FileAuditSink sink = _trail.Sink();
        FluentActions.Invoking(() => Trail.Put(sink, "x")).Should().Throw<SecretStoreAccessException>()
            .Where(exception => exception.Code == SecretStoreErrorCodes.KeyMissing && exception.Message.Contains(_trail.KeyFile) && exception.Message.Contains(_trail.Folder));
        File.Exists(_trail.KeyFile).Should().BeFalse();
    }

    [Test]
    public void Write_LinkInPlaceOfTheFile_IsRefused()
    {
        _trail.Write(1);
        File.Move(_trail.FileOf(1), _trail.KeyFile + ".moved");
        File.CreateSymbolicLink(_trail.FileOf(1), _trail.KeyFile + ".moved");
        using FileAuditSink sink = _trail.Sink();
        FluentActions.Invoking(() => Trail.Put(sink, "x")).Should().Throw<SecretStoreAccessException>();
    }

    [Test]
    public void Write_LooseMode_IsRefused()
    {
        _trail.Write(1);
        File.SetUnixFileMode(_trail.FileOf(1), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        using FileAuditSink sink = _trail.Sink();
        FluentActions.Invoking(() => Trail.Put(sink, "x")).Should().Throw<SecretStoreAccessException>();
    }

    [Test]
    public void Write_DirectoryNotFlushedAfterTheFirstRename_GoesOnInThatFile()
    {
        FaultyLogDirectory? directory = null;
        using var sink = new FileAuditSink(
            () => directory = new FaultyLogDirectory(StoreDirectory.OpenOrMake(_trail.Folder, readOnly: false)!, static file => new FaultyLogFile(file)) { FailFlush = true },
            _trail.KeyFile,
            null);
        for (int i = 0; i < 2; i++)
        {
            FluentActions.Invoking(() => Trail.Put(sink, "lost")).Should().Throw<SecretStoreUnavailableException>();
        }

        directory!.FailFlush = false;
        Trail.Put(sink, "one");
        File.Exists(_trail.FileOf(2)).Should().BeFalse();
        _trail.ReadAsync().Result.Should().ContainSingle().Which.Record.SecretName.Should().Be("one");
    }

    [Test]
    public void Write_FirstFileFailedAndKeyReplacedMeanwhile_UsesTheKeyThatIsThere()
    {
        bool fail = true;
        using FileAuditSink sink = _trail.FaultySink(file => file.FailWrite = _ => fail);
        FluentActions.Invoking(() => Trail.Put(sink, "lost")).Should().Throw<SecretStoreUnavailableException>();
        File.Delete(_trail.KeyFile);
        fail = false;
        Trail.Put(sink, "one");
        _trail.ReadAsync().Result.Should().ContainSingle();
    }

    [Test]
    public void Write_LockHeldByAnotherProcess_FailsInTimeAndGoesOnAfterwards()
    {
        _trail.Write(1);
        using StoreDirectory directory = StoreDirectory.OpenOrMake(_trail.Folder, readOnly: false)!;
        using ISharedLock held = directory.OpenLock(LockName.Commit)!;
        held.Take();
        using FileAuditSink sink = _trail.Sink(new FileAuditSinkOptions { LockTimeout = TimeSpan.FromMilliseconds(20) });
        FluentActions.Invoking(() => Trail.Put(sink, "late")).Should().Throw<SecretStoreUnavailableException>()
            .Which.Code.Should().Be(SecretStoreErrorCodes.Locked);
        held.Release();
        Trail.Put(sink, "next");
        _trail.ReadAsync().Result.Select(static entry => entry.Record.SecretName).Should().Equal("secret-1", "next");
    }

    [Test]
    public async Task Write_CancelledWhileItWaitsForTheLock_EndsAndWritesNothing()
    {
        _trail.Write(1);
        using StoreDirectory directory = StoreDirectory.OpenOrMake(_trail.Folder, readOnly: false)!;
        using ISharedLock held = directory.OpenLock(LockName.Commit)!;
        held.Take();
        using FileAuditSink sink = _trail.Sink();
        using var ending = new CancellationTokenSource();
        Task<AuditPhase>[] writes = [.. Enumerable.Range(0, 3).Select(i => Task.Run(async () =>
        {
            await sink.WriteAsync(Trail.RecordOf($"cancelled-{i}"), ending.Token);
            return AuditPhase.Intent;
        }))];
        await ending.CancelAsync();
        foreach (Task<AuditPhase> write in writes)
        {
            Func<Task> wait = () => write;
            await wait.Should().ThrowAsync<OperationCanceledException>();
        }

        held.Release();
        Trail.Put(sink, "next");
        (await _trail.ReadAsync()).Select(static entry => entry.Record.SecretName).Should().Equal("secret-1", "next");
    }

    [Test]
    public void Write_PlaceThatCannotBeMade_SpeaksOfTheTrail()
    {
        string file = _trail.KeyFile + ".file";
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, string.Empty);
        using var sink = new FileAuditSink(Path.Combine(file, "trail"), _trail.KeyFile);
        FluentActions.Invoking(() => Trail.Put(sink, "x")).Should().Throw<SecretStoreUnavailableException>()
            .Where(static exception => exception.Message.Contains("audit trail") && !exception.Message.Contains("ReadOnly"));
    }

    [Test]
    public void Constructor_Any_DoesNoInputOrOutput()
    {
        using FileAuditSink sink = _trail.Sink();
        Directory.Exists(_trail.Folder).Should().BeFalse();
    }

    [Test]
    public void Write_AfterDispose_Throws()
    {
        FileAuditSink sink = _trail.Sink();
        sink.Dispose();
        FluentActions.Invoking(() => Trail.Put(sink, "x")).Should().Throw<ObjectDisposedException>();
    }

    [Test]
    public async Task Write_NothingCanBeWritten_KeepsNoRecord()
    {
        await File.WriteAllTextAsync(_trail.Folder, "no directory");
        using FileAuditSink sink = _trail.Sink();
        for (int i = 0; i < 3; i++)
        {
            Func<Task> write = () => sink.WriteAsync(Trail.RecordOf("name")).AsTask();
            await write.Should().ThrowAsync<SecretStoreException>();
        }

        sink.QueueLength.Should().Be(0);
    }
}
