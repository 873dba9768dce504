using EmbeddedSecrets.Files;
using EmbeddedSecrets.Fuzz;
using EmbeddedSecrets.Repositories.Log;
using EmbeddedSecrets.Tests.Auditing;
using EmbeddedSecrets.Tests.Faults;
using EmbeddedSecrets.Verification;

namespace EmbeddedSecrets.Tests.Verification;

[TestFixture]
public sealed class PlantedFaultTests
{
    private static readonly PlantedFault[] All = Enum.GetValues<PlantedFault>();

    private DamagedStore _store = null!;

    [SetUp]
    public void SetUp() => _store = new DamagedStore();

    [TearDown]
    public void TearDown() => _store.Dispose();

    private static IEnumerable<TestCaseData> One() => All.Select(static one => Case(one));

    private static IEnumerable<TestCaseData> Two() => All.SelectMany(static (one, i) => All.Skip(i + 1).Select(two => Case(one, two)));

    private static IEnumerable<TestCaseData> Three() => All.Select(static (one, i) => Case(one, All[(i + 1) % All.Length], All[(i + 3) % All.Length]));

    private static TestCaseData Case(params PlantedFault[] faults) => new TestCaseData(new object[] { faults }).SetArgDisplayNames(string.Join('+', faults));

    [TestCaseSource(nameof(One))]
    [TestCaseSource(nameof(Two))]
    [TestCaseSource(nameof(Three))]
    public async Task Verify_PlantedFaults_NamesEachAndNoOther(PlantedFault[] faults)
    {
        await _store.MakeAsync(faults);

        VerificationReport report = await _store.VerifyAsync();

        report.Faults.Should().HaveCount(faults.Length);
        foreach (PlantedFault fault in faults)
        {
            report.Faults.Should().Contain(found => IsOf(found, fault) && found.Offset > 0, "of {0}", fault);
        }
    }

    [Test]
    public async Task Verify_NoFault_IsSoundWithItsPolicy()
    {
        await _store.MakeAsync();

        VerificationReport report = await _store.VerifyAsync();

        report.Faults.Should().BeEmpty();
        report.Notes.Should().BeEmpty();
    }

    [Test]
    public async Task Verify_DamagedRingAndFrame_NamesBoth()
    {
        await _store.MakeAsync(PlantedFault.FrameBody);
        byte[] log = _store.ReadLog();
        FrameHeader header = DamagedLog.FramesOf(log).First(static frame => frame.HeaderLength > 0);
        log[(int)header.Offset + FrameHeader.Size + 24 + (header.HeaderLength / 3)] ^= 1;
        FrameHeader.WriteChecksums(log.AsSpan((int)header.Offset), header.CheckedLength);
        _store.WriteLog(log);

        VerificationReport report = await _store.VerifyAsync();

        report.Faults.Should().Contain(static fault => IsOf(fault, PlantedFault.FrameBody));
        report.Faults.Should().Contain(static fault => fault.Kind == VerificationFaultKind.Slot || fault.Kind == VerificationFaultKind.RootKey || fault.Kind == VerificationFaultKind.Header);
    }

    [Test]
    public async Task Verify_BytesThatTheDiskDoesNotGive_AreAFaultAndTheRestIsVerified()
    {
        await _store.MakeAsync(PlantedFault.WrappedKey);
        FrameHeader last = DamagedLog.FramesOf(_store.ReadLog())[^2];

        VerificationReport report = await StoreVerification.RunAsync(
            _store.Folder, _store.Key, new VerifyOptions(), null, default, file => new BadPageFile(file, last.Offset / 4096));

        report.Faults.Should().Contain(fault => fault.Kind == VerificationFaultKind.Frame && fault.Offset == last.Offset / 4096 * 4096 && fault.Message.Contains("bad sector"));
    }

    [Test]
    public async Task Verify_WithAnAuditTrail_ListsItsFaultsAmongTheOthers()
    {
        using var trail = new Trail();
        trail.Write(4);
        await _store.MakeAsync(PlantedFault.Payload);
        var options = new VerifyOptions { AuditDirectory = trail.Folder, AuditKeyFile = trail.KeyFile };
        (await SecretStoreMaintenance.VerifyAsync(_store.Folder, _store.Key, options)).Faults.Should().ContainSingle();
        trail.Edit(1, static lines => lines.Where(static (_, i) => i != 2));

        VerificationReport report = await SecretStoreMaintenance.VerifyAsync(_store.Folder, _store.Key, options);

        report.Faults.Should().Contain(static fault => IsOf(fault, PlantedFault.Payload));
        report.Faults.Should().Contain(static fault => fault.Kind == VerificationFaultKind.Audit && fault.File != null && fault.Offset > 0);
    }

    [Test]
    public async Task Verify_AuditDirectoryWithoutItsKey_IsAnArgumentException()
    {
        Func<Task> verify = async () => await SecretStoreMaintenance.VerifyAsync(_store.Folder, _store.Key, new VerifyOptions { AuditDirectory = "trail" });

        await verify.Should().ThrowAsync<ArgumentException>();
    }

    [Test]
    public void Checksums_MoreThanAThousandDamagedPlaces_AreCounted()
    {
        byte[] log = Frames(5000);
        for (int i = 1; i < 4999; i += 2)
        {
            log[LogFileHeader.Length + (i * FrameHeader.Size) + 60] ^= 1;
        }

        var pass = new ChecksumPass(new LogReader(new MemoryLogFile(log, "log")), endIsKnown: false);
        var findings = new Findings(null);
        pass.Run(default);
        pass.Report(findings);

        findings.ToReport().FaultCount.Should().Be(2499);
    }

    [Test]
    public void Checksums_UnprovenDamageBeforeAForgedPlace_TellsTheForgedOne()
    {
        byte[] log = Frames(10, flushes: false);
        log[LogFileHeader.Length + (3 * FrameHeader.Size) + 60] ^= 1;
        log.AsSpan(LogFileHeader.Length, FrameHeader.Size).CopyTo(log.AsSpan(LogFileHeader.Length + (7 * FrameHeader.Size)));

        var pass = new ChecksumPass(new LogReader(new MemoryLogFile(log, "log")), endIsKnown: false);
        var findings = new Findings(null);
        pass.Run(default);
        pass.Report(findings);

        findings.ToReport().Faults.Should().ContainSingle().Which.Offset.Should().Be(LogFileHeader.Length + (7 * FrameHeader.Size));
    }

    private static byte[] Frames(int count, bool flushes = true)
    {
        byte[] log = new byte[LogFileHeader.Length + (count * FrameHeader.Size)];
        LogFileHeader.Write(log);
        for (int i = 0; i < count; i++)
        {
            int offset = LogFileHeader.Length + (i * FrameHeader.Size);
            new FrameHeader
            {
                Kind = FrameKind.Batch,
                HeaderLength = 0,
                IndexLength = 0,
                BodyLength = 0,
                Generation = 1,
                Sequence = i + 1,
                Offset = offset,
                FlushedTo = flushes ? offset : 0,
                PreviousTag = new UniqueId(0, 0),
            }.Write(log.AsSpan(offset));
            FrameHeader.WriteChecksums(log.AsSpan(offset), FrameHeader.Size);
        }

        return log;
    }

    private static bool IsOf(VerificationFault found, PlantedFault fault) => fault switch
    {
        PlantedFault.FrameHeader or PlantedFault.FrameBody => found.Kind == VerificationFaultKind.Frame,
        PlantedFault.Record => found.Kind == VerificationFaultKind.Record && found.SecretName == DamagedStore.NameOf(fault),
        PlantedFault.Policy => found.Kind == VerificationFaultKind.Payload && found.SecretName == DamagedStore.NameOf(fault),
        PlantedFault.WrappedKey => found.Kind == VerificationFaultKind.WrappedKey && found.SecretName == DamagedStore.NameOf(fault) && found.VersionId == "v1",
        _ => found.Kind == VerificationFaultKind.Payload && found.SecretName == DamagedStore.NameOf(fault) && found.VersionId == "v1",
    };

    /// <summary>A file one page of which cannot be read.</summary>
    private sealed class BadPageFile(IStoreFile inner, long page) : IWrappedLogFile
    {
        public IStoreFile Inner => inner;

        public string Path => inner.Path;

        public long Length => inner.Length;

        public int Read(Span<byte> destination, long offset) =>
            offset < (page + 1) * 4096 && offset + destination.Length > page * 4096 ? throw new IOException("bad sector") : inner.Read(destination, offset);

        public void Write(ReadOnlySpan<byte> bytes, long offset) => throw new NotSupportedException();

        public void FlushData() => throw new NotSupportedException();

        public bool IsOpenHereOnly() => inner.IsOpenHereOnly();

        public void Dispose() => inner.Dispose();
    }
}
