using EmbeddedSecrets.Auditing;
using EmbeddedSecrets.Files;
using EmbeddedSecrets.Tests.Faults;

namespace EmbeddedSecrets.Tests.Auditing;

/// <summary>What is done to a trail behind its writer's back is found: attack 48 (edit, drop, reorder, insert, truncate).</summary>
[TestFixture]
public sealed class AuditTrailTests
{
    private Trail _trail = null!;

    [SetUp]
    public void SetUp() => _trail = new Trail();

    [TearDown]
    public void TearDown() => _trail.Dispose();

    [Test]
    public async Task Verify_EditedRecord_IsFound()
    {
        _trail.Write(5);
        _trail.Edit(1, static lines => lines.Select(static line => line.Replace("secret-3", "secret-9", StringComparison.Ordinal)));
        await ExpectAsync((AuditFaultKind.NotAuthentic, 3));
    }

    [Test]
    public async Task Verify_EditedLastRecord_IsTamperingAndStopsTheWriter()
    {
        _trail.Write(3);
        _trail.Edit(1, static lines => lines.Select(static line => line.Replace("secret-3", "secret-9", StringComparison.Ordinal)));
        await ExpectAsync((AuditFaultKind.NotAuthentic, 3));
        using FileAuditSink sink = _trail.Sink();
        FluentActions.Invoking(() => Trail.Put(sink, "next")).Should().Throw<SecretStoreIntegrityException>();
    }

    [Test]
    public async Task Verify_DroppedRecord_IsFound()
    {
        _trail.Write(5);
        _trail.Edit(1, static lines => lines.Where(static (_, i) => i != 3));
        await ExpectAsync((AuditFaultKind.MissingRecords, 3));
    }

    [Test]
    public async Task Verify_ReorderedRecords_AreFound()
    {
        _trail.Write(5);
        _trail.Edit(1, static lines => [lines[0], lines[1], lines[3], lines[2], lines[4], lines[5]]);
        await ExpectAsync((AuditFaultKind.MissingRecords, 2), (AuditFaultKind.OutOfOrder, 4));
    }

    [Test]
    public async Task Verify_RepeatedRecord_IsFound()
    {
        _trail.Write(3);
        _trail.Edit(1, static lines => [.. lines, lines[2]]);
        await ExpectAsync((AuditFaultKind.OutOfOrder, 4));
    }

    [Test]
    public async Task Verify_InsertedRecordOfAnotherTrail_IsFound()
    {
        using var other = new Trail();
        other.Write(3);
        _trail.Write(3);
        string strange = File.ReadAllLines(other.FileOf(1))[3];
        _trail.Edit(1, lines => [.. lines[..2], strange, .. lines[2..]]);
        await ExpectAsync((AuditFaultKind.NotAuthentic, 2));
    }

    [Test]
    public async Task Verify_TruncatedEnd_IsFoundWithTheExpectedHeadOnly()
    {
        _trail.Write(5);
        AuditHead head = (await _trail.VerifyAsync()).Head;
        _trail.Edit(1, static lines => lines[..^2]);

        (await _trail.VerifyAsync()).IsIntact.Should().BeTrue();
        AuditVerification with = await _trail.VerifyAsync(head);
        with.Faults.Should().ContainSingle().Which.Kind.Should().Be(AuditFaultKind.HeadMissing);
        with.IsIntact.Should().BeFalse();
    }

    [Test]
    public async Task Verify_TrailThatGrew_HoldsTheExpectedHead()
    {
        _trail.Write(2);
        AuditHead head = (await _trail.VerifyAsync()).Head;
        _trail.Write(2);
        (await _trail.VerifyAsync(head)).Faults.Should().BeEmpty();
    }

    [Test]
    public async Task Verify_SeveralFaults_ListsEach()
    {
        _trail.Write(9);
        _trail.Edit(1, static lines => lines.Where(static (_, i) => i != 7).Select(static line => line.Replace("secret-3", "x", StringComparison.Ordinal)));
        await ExpectAsync((AuditFaultKind.NotAuthentic, 3), (AuditFaultKind.MissingRecords, 7));
    }

    [Test]
    public async Task Verify_RemovedFile_IsFound()
    {
        WriteThreeFiles();
        File.Delete(_trail.FileOf(2));
        AuditVerification found = await _trail.VerifyAsync();
        found.Faults.Select(static fault => fault.Kind).Should().Equal(AuditFaultKind.MissingFile, AuditFaultKind.MissingRecords);
    }

    [Test]
    public async Task Verify_EditedHeaderOfAFile_IsFound()
    {
        WriteThreeFiles();
        _trail.Edit(2, static lines => [lines[0].Replace("\"end\":", "\"end\":1", StringComparison.Ordinal), .. lines[1..]]);
        (await _trail.VerifyAsync()).Faults[0].Kind.Should().Be(AuditFaultKind.BadFileHeader);
    }

    [Test]
    public async Task Verify_OtherKey_IsRefused()
    {
        using var other = new Trail();
        other.Write(1);
        _trail.Write(1);
        Func<Task> verify = () => AuditTrail.VerifyAsync(_trail.Folder, other.KeyFile).AsTask();
        (await verify.Should().ThrowAsync<SecretStoreAccessException>()).Which.Code.Should().Be(SecretStoreErrorCodes.WrongKey);
    }

    [Test]
    public async Task Read_EditedRecord_GivesThoseBeforeAndThrows()
    {
        _trail.Write(5);
        _trail.Edit(1, static lines => lines.Select(static line => line.Replace("secret-3", "secret-9", StringComparison.Ordinal)));
        Func<Task> read = () => _trail.ReadAsync();
        (await read.Should().ThrowAsync<SecretStoreIntegrityException>()).Which.Code.Should().Be(SecretStoreErrorCodes.Tampered);
    }

    [Test]
    public async Task Verify_RandomMutations_GiveFaultsOrTheLibrarysErrorsOnly()
    {
        int seed = Environment.TickCount;
        TestContext.Out.WriteLine($"Seed {seed}");
        var random = new Random(seed);
        _trail.Write(4);
        AuditHead head = (await _trail.VerifyAsync()).Head;
        byte[] whole = File.ReadAllBytes(_trail.FileOf(1));
        for (int i = 0; i < 400; i++)
        {
            byte[] bytes = [.. whole];
            bytes[random.Next(bytes.Length)] ^= (byte)random.Next(1, 256);
            File.WriteAllBytes(_trail.FileOf(1), i % 3 == 0 ? bytes[..random.Next(bytes.Length)] : bytes);
            try
            {
                (await _trail.VerifyAsync(head)).IsIntact.Should().BeFalse("seed {0}, round {1}", seed, i);
            }
            catch (SecretStoreException)
            {
                // The first line of the only file: no key fits.
            }
        }
    }

    [Test]
    public async Task Verify_LongLineWithoutEnd_IsReadInBoundedMemory()
    {
        _trail.Write(1);
        using (FileStream file = File.Open(_trail.FileOf(1), FileMode.Append))
        {
            file.Write(Enumerable.Repeat((byte)'x', 5 << 20).ToArray());
        }

        (await _trail.VerifyAsync()).Faults.Should().ContainSingle().Which.Length.Should().Be(5 << 20);
    }

    [Test]
    public void Scan_ReadFailureInTheMiddle_IsAFaultAndGoesOn()
    {
        WriteThreeFiles();
        int reads = 0;
        using StoreDirectory inner = StoreDirectory.OpenOrMake(_trail.Folder, readOnly: true)!;
        using var directory = new FaultyLogDirectory(inner, file => new FaultyLogFile(file) { FailRead = file.Path == _trail.FileOf(2) && ++reads == 2 });
        using var scan = new TrailScan(directory, _trail.KeyFile, CancellationToken.None);
        List<ScanItem> items = [.. scan.Run()];

        // The records behind it are missed as such.
        items.Where(static item => item.Fault is not null).Select(static item => item.Fault!.Kind).Should().Equal(AuditFaultKind.UnreadableFile, AuditFaultKind.MissingRecords);
        items.First(static item => item.Fault is not null).Cause.Should().BeOfType<IOException>();
        items[^1].Entry.Should().NotBeNull("the third file was read");
    }

    [Test]
    public async Task Verify_IntentsWithoutOutcome_AreCountedAndNoFault()
    {
        using (FileAuditSink sink = _trail.Sink())
        {
            for (int i = 0; i < 5; i++)
            {
                await sink.WriteAsync(new AuditRecord { RequestId = $"request-{i}", Phase = AuditPhase.Intent, Time = default, Operation = "PutSecretValue", SecretName = "name" });
                if (i % 2 == 0)
                {
                    await sink.WriteAsync(new AuditRecord { RequestId = $"request-{i}", Phase = AuditPhase.Outcome, Time = default, Operation = "PutSecretValue", SecretName = "name", Outcome = AuditOutcome.Succeeded });
                }
            }
        }

        AuditVerification found = await _trail.VerifyAsync();
        found.UnfinishedOperations.Should().Be(2);
        found.Faults.Should().BeEmpty();
    }

    [Test]
    public void UnfinishedOperations_MoreThanItKeeps_ForgetsTheOldestButCountsThem()
    {
        var unfinished = new UnfinishedOperations();
        for (int i = 0; i <= UnfinishedOperations.MaxOpen; i++)
        {
            unfinished.Note(new AuditRecord { RequestId = $"{i}", Phase = AuditPhase.Intent, Time = default, Operation = "x" });
        }

        unfinished.Note(new AuditRecord { RequestId = "0", Phase = AuditPhase.Outcome, Time = default, Operation = "x" });
        unfinished.Note(new AuditRecord { RequestId = "7", Phase = AuditPhase.Outcome, Time = default, Operation = "x" });
        unfinished.Count.Should().Be(UnfinishedOperations.MaxOpen);
    }

    private void WriteThreeFiles()
    {
        using FileAuditSink sink = _trail.Sink(new FileAuditSinkOptions { MaxFileLength = 65_536, FlushEveryRecord = false });
        for (int i = 0; !File.Exists(_trail.FileOf(3)); i++)
        {
            Trail.Put(sink, $"secret-{i}");
        }
    }

    private async Task ExpectAsync(params (AuditFaultKind Kind, long Sequence)[] faults)
    {
        AuditVerification found = await _trail.VerifyAsync();
        found.Faults.Select(static fault => (fault.Kind, fault.Sequence)).Should().Equal(faults);
        found.IsIntact.Should().BeFalse();
    }
}
