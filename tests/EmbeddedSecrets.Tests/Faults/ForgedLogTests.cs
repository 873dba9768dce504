using EmbeddedSecrets.Fuzz;
using EmbeddedSecrets.Repositories.Log;
using EmbeddedSecrets.Tests.Repositories;
using EmbeddedSecrets.Verification;
using static EmbeddedSecrets.Tests.Faults.ForgedLog;

namespace EmbeddedSecrets.Tests.Faults;

/// <summary>Frames that are authentic and break the rules of docs/format.md: an opening refuses them, and a verification names them.</summary>
[TestFixture]
public sealed class ForgedLogTests
{
    private static readonly byte[] Body = Samples.Bytes(42);
    private static readonly byte[] EmptyEnd = [.. Number(0L), .. Number(0L), .. new byte[16], .. Number(0L), .. Number(0L)];
    private static readonly byte[] FullEnd = [.. EmptyEnd[..32], .. Number(1L), .. Number(0L)];

    private static IEnumerable<TestCaseData> Sound()
    {
        yield return Case("Begun", Begun());
        yield return Case("Put", Begun().Append(FrameKind.Batch, [.. Number(1L), .. Number(1), .. Put(Body)], body: Body));
        yield return Case("SeveralCommits", Begun().Append(FrameKind.Batch, [.. Number(1L), .. Number(1), .. Put(Body), .. Number(0), .. Number(1), BatchWriter.RemoveKind, 1, (byte)'n', 0, 0, 0, 0], body: Body));
        yield return Case("NextHeader", Begun().Append(FrameKind.Batch, Number(1L), HeaderPartOf(2)));
        yield return Case("Closing", Begun().Append(FrameKind.Closing, Number(1L)));
        yield return Case("Epoch", Begun().Append(FrameKind.Epoch, Number(1L)).Append(FrameKind.Epoch, Number(5L)));
        yield return Case("Snapshot", new ForgedLog().Append(FrameKind.Snapshot, Entry(Body), body: Body).Append(FrameKind.SnapshotEnd, FullEnd, HeaderPartOf(1)));
        yield return Case("EmptySnapshot", new ForgedLog().Append(FrameKind.SnapshotEnd, EmptyEnd, HeaderPartOf(1)));
    }

    private static IEnumerable<TestCaseData> Broken()
    {
        ForgedLog Batch(params byte[][] parts) => Begun().Append(FrameKind.Batch, [.. Number(1L), .. parts.SelectMany(static part => part)], body: Body);
        yield return Case("Batch_DoesNotContinueTheSequence", Begun().Append(FrameKind.Batch, Number(2L)));
        yield return Case("Batch_CutSequence", Begun().Append(FrameKind.Batch, Number(1L)[..7]));
        yield return Case("Batch_NegativeNumberOfChanges", Batch(Number(-1)));
        yield return Case("Batch_MoreChangesThanACommitHas", Batch(Number(1_001)));
        yield return Case("Batch_FewerChangesThanItSays", Batch(Number(2), Put(Body)));
        yield return Case("Batch_UnknownKind", Batch(Number(1), Put(Body, kind: 3)));
        yield return Case("Batch_NoName", Batch(Number(1), Put(Body, name: string.Empty)));
        yield return Case("Batch_NameOfOtherCharacters", Batch(Number(1), Put(Body, name: "a b")));
        yield return Case("Batch_RevisionZero", Batch(Number(1), Put(Body, revision: 0)));
        yield return Case("Batch_NoIncarnation", Batch(Number(1), Put(Body, incarnation: 0)));
        yield return Case("Batch_RecordBehindTheBody", Batch(Number(1), Put(Body, offset: 1)));
        yield return Case("Batch_RecordBeforeTheBody", Batch(Number(1), Put(Body, offset: -1)));
        yield return Case("Batch_RecordShorterThanItsTag", Batch(Number(1), Put(Body, length: 15)));
        yield return Case("Batch_TagIsNotThatOfTheMessage", Batch(Number(1), Put(Body, length: Body.Length - 1)));
        yield return Case("Batch_FillingIsNotZero", Begun().Append(FrameKind.Batch, [.. Number(1L), .. Number(1), .. Put(Body)], body: Body, filling: 1));
        yield return Case("Batch_InASnapshot", new ForgedLog().Append(FrameKind.Snapshot, Entry(Body), body: Body).Append(FrameKind.Batch, Number(1L), HeaderPartOf(1)));
        yield return Case("Closing_WithABody", Begun().Append(FrameKind.Closing, Number(1L), body: [1]));
        yield return Case("Closing_WithAHeader", Begun().Append(FrameKind.Closing, Number(1L), HeaderPartOf(2)));
        yield return Case("Closing_WithACommit", Begun().Append(FrameKind.Closing, [.. Number(1L), .. Number(0)]));
        yield return Case("Closing_BeforeAnything", new ForgedLog().Append(FrameKind.Closing, Number(1L)));
        yield return Case("Snapshot_AfterABatch", Begun().Append(FrameKind.Snapshot, Entry(Body), body: Body));
        yield return Case("Snapshot_WithAHeader", new ForgedLog().Append(FrameKind.Snapshot, Entry(Body), HeaderPartOf(1), Body).Append(FrameKind.SnapshotEnd, FullEnd, HeaderPartOf(2)));
        yield return Case("Snapshot_UnknownEntry", new ForgedLog().Append(FrameKind.Snapshot, Entry(Body, kind: 5), body: Body).Append(FrameKind.SnapshotEnd, FullEnd, HeaderPartOf(1)));
        yield return Case("SnapshotEnd_AfterABatch", Begun().Append(FrameKind.SnapshotEnd, EmptyEnd, HeaderPartOf(2)));
        yield return Case("SnapshotEnd_WithABody", new ForgedLog().Append(FrameKind.SnapshotEnd, EmptyEnd, HeaderPartOf(1), [1]));
        yield return Case("SnapshotEnd_CountsMoreRecords", new ForgedLog().Append(FrameKind.SnapshotEnd, FullEnd, HeaderPartOf(1)));
        yield return Case("SnapshotEnd_CountsMorePayloads", new ForgedLog().Append(FrameKind.SnapshotEnd, [.. EmptyEnd[..40], .. Number(1L)], HeaderPartOf(1)));
        yield return Case("SnapshotEnd_NegativeEpoch", new ForgedLog().Append(FrameKind.SnapshotEnd, [.. Number(0L), .. Number(-1L), .. EmptyEnd[16..]], HeaderPartOf(1)));
        yield return Case("SnapshotEnd_OtherLength", new ForgedLog().Append(FrameKind.SnapshotEnd, EmptyEnd[1..], HeaderPartOf(1)));
        yield return Case("SnapshotEnd_WithoutAHeader", new ForgedLog().Append(FrameKind.SnapshotEnd, EmptyEnd));
        yield return Case("Epoch_DoesNotRise", Begun().Append(FrameKind.Epoch, Number(1L)).Append(FrameKind.Epoch, Number(1L)));
        yield return Case("Epoch_OtherLength", Begun().Append(FrameKind.Epoch, [.. Number(1L), 0]));
        yield return Case("Epoch_WithABody", Begun().Append(FrameKind.Epoch, Number(1L), body: [1]));
        yield return Case("Epoch_BeforeAnything", new ForgedLog().Append(FrameKind.Epoch, Number(1L)));
        yield return Case("Header_OfAnotherStore", Begun().Append(FrameKind.Batch, Number(1L), HeaderPartOf(2, new UniqueId(1, 3))));
        yield return Case("Header_LeavesARevisionOut", Begun().Append(FrameKind.Batch, Number(1L), HeaderPartOf(3)));
        yield return Case("Header_OfTheSameRevision", Begun().Append(FrameKind.Batch, Number(1L), HeaderPartOf(1)));
        yield return Case("Header_RevisionZero", new ForgedLog().Append(FrameKind.Batch, Number(1L), HeaderPartOf(0)));
        yield return Case("Header_TooShort", Begun().Append(FrameKind.Batch, Number(1L), HeaderPartOf(2)[..23]));
        yield return Case("Chain_OtherGeneration", Begun().Append(FrameKind.Batch, Number(1L), generation: 2));
        yield return Case("Chain_FrameLeftOut", Begun().Append(FrameKind.Batch, Number(1L), skipped: 1));
        yield return Case("Chain_OtherTag", Begun().Append(FrameKind.Batch, Number(1L), previousTag: new UniqueId(1, 1)));
    }

    [TestCaseSource(nameof(Sound))]
    public void Log_KeepsTheRules_IsReplayedAndSound(byte[] log)
    {
        LogReplay replay = Replay(log);

        replay.MetHeader.Should().BeTrue();
        replay.IsInSnapshot.Should().BeFalse();
        Verify(log).FaultCount.Should().Be(0);
    }

    [TestCaseSource(nameof(Broken))]
    public void Log_BreaksARule_IsTamperedAndNotSound(byte[] log)
    {
        FluentActions.Invoking(() => Replay(log)).Should().Throw<SecretStoreIntegrityException>().Which.Code.Should().Be(SecretStoreErrorCodes.Tampered);
        Verify(log).FaultCount.Should().BePositive();
    }

    [Test]
    public void Log_EndsInASnapshot_IsNotWhole()
    {
        byte[] log = new ForgedLog().Append(FrameKind.Snapshot, Entry(Body), body: Body).Bytes;

        Replay(log).IsInSnapshot.Should().BeTrue("whoever replays refuses it");
        Verify(log).Faults.Should().Contain(static fault => fault.Message.Contains("end of the snapshot"));
    }

    [Test]
    public void Log_WithoutTheHeaderThatItWasOpenedWith_IsNotSound()
    {
        byte[] log = Begun().Bytes;

        Verify(log, Samples.Header(2)).Faults.Should().ContainSingle().Which.Kind.Should().Be(VerificationFaultKind.Header);
        Verify(log, null).FaultCount.Should().Be(0, "nobody says which it is");
    }

    [Test]
    public void Verification_WithoutAKey_SeesTheOrderOnly()
    {
        byte[] order = Begun().Append(FrameKind.Batch, Number(1L), skipped: 1).Bytes;
        byte[] content = Begun().Append(FrameKind.Batch, Number(2L)).Bytes;

        Verify(order, null, hasKey: false).Faults.Should().ContainSingle().Which.Kind.Should().Be(VerificationFaultKind.Chain);
        Verify(content, null, hasKey: false).FaultCount.Should().Be(0);
    }

    private static TestCaseData Case(string name, ForgedLog log) => new TestCaseData(log.Bytes).SetArgDisplayNames(name);

    private static LogReplay Replay(byte[] log)
    {
        var guard = new RollbackGuard(null, accepts: false, "log");
        guard.Begin();
        var replay = new LogReplay(new LogReader(new MemoryLogFile(log, "log")), Seal, new LogIndex(static _ => { }), new LogState { Generation = 1 }, guard);
        replay.Run(Samples.Header(), CancellationToken.None);
        return replay;
    }

    private static VerificationReport Verify(byte[] log) => Verify(log, Samples.Header());

    private static VerificationReport Verify(byte[] log, RepositoryHeader? given, bool hasKey = true)
    {
        var findings = new Findings(null);
        new FramePass(new LogReader(new MemoryLogFile(log, "log")), hasKey ? Seal : null, new LogIndex(static _ => { }), findings, 1, given).Run(CancellationToken.None);
        return findings.ToReport();
    }
}
