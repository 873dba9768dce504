using System.Globalization;
using EmbeddedSecrets.Repositories.Log;

namespace EmbeddedSecrets.Tests.Verification;

[TestFixture]
public sealed class SecretStoreVerificationTests
{
    private TemporaryDirectory _directory = null!;

    private IRootKey Key => RootKey.FromFile(_directory["root.key"]);

    [SetUp]
    public void SetUp() => _directory = new TemporaryDirectory();

    [TearDown]
    public void TearDown() => _directory.Dispose();

    [Test]
    public async Task Verify_SoundStore_FindsNothingAndChangesNothing()
    {
        await WriteAsync();
        IReadOnlyList<string> before = DirectorySnapshot.Of(_directory.Root);

        VerificationReport report = await VerifyAsync();

        report.Faults.Should().BeEmpty();
        report.IsSound.Should().BeTrue();
        report.RecordCount.Should().Be(5);
        report.VersionCount.Should().Be(6);
        report.Notes.Should().BeEmpty();
        DirectorySnapshot.Of(_directory.Root).Should().Equal(before);
    }

    [Test]
    public async Task Verify_CompactedWithADisabledKeyAndADestroyedVersion_IsSound()
    {
        await using (SecretStore store = await SecretStore.OpenAsync(_directory.Store, Key))
        {
            await store.Keys.CreateKeyAsync("second");
            await store.CreateTextAsync("a", "first", "second");
            await store.PutTextAsync("a", "next");
            await store.DestroySecretVersionAsync("a", "v1");
            await store.CreateTextAsync("b", "value");
            await store.DeleteSecretAsync("b");
            await store.Keys.DisableKeyAsync("second");
            await store.Maintenance.CompactAsync();
        }

        VerificationReport report = await VerifyAsync();

        report.Faults.Should().BeEmpty();
        report.VersionCount.Should().Be(2);
    }

    [Test]
    public async Task Verify_SnapshotWithLongBodies_IsSound()
    {
        // Each body is longer than what is read of a log at once, and the frames still follow on each other.
        string value = new('x', SecretValue.MaxBytes);
        await using (SecretStore store = await SecretStore.OpenAsync(_directory.Store, Key))
        {
            for (int i = 0; i < 80; i++)
            {
                await store.CreateTextAsync($"n{i}", value);
            }

            await store.Maintenance.CompactAsync();
            await store.CreateTextAsync("later", "value");
        }

        VerificationReport report = await VerifyAsync();

        report.Faults.Should().BeEmpty();
        (report.RecordCount, report.VersionCount).Should().Be((81, 81));
    }

    [Test]
    public async Task Verify_InUseByAWriter_IsSound()
    {
        await using SecretStore store = await SecretStore.OpenAsync(_directory.Store, Key);
        await store.CreateTextAsync("a", "value");

        VerificationReport report = await VerifyAsync();
        await store.PutTextAsync("a", "next");

        report.Faults.Should().BeEmpty();
        report.VersionCount.Should().Be(1);
    }

    [Test]
    public async Task Verify_OtherRootKey_SaysSoAndVerifiesChecksums()
    {
        List<FrameHeader> frames = await WriteAsync();
        Flip(frames[2].Offset + 100);

        VerificationReport report = await SecretStoreMaintenance.VerifyAsync(_directory.Store, RootKey.FromBytes([.. Enumerable.Range(1, 32).Select(static i => (byte)i)]));

        report.Faults.Select(fault => fault.Kind).Should().Equal(VerificationFaultKind.Frame, VerificationFaultKind.RootKey);
        report.Faults[0].Offset.Should().Be(frames[2].Offset);
        report.Faults[0].Length.Should().Be(frames[2].FrameLength);
    }

    [Test]
    public async Task Verify_TornTail_IsANote()
    {
        await WriteAsync();
        FrameHeader last = FramesOf(_directory.ReadLog())[^1];
        using (FileStream log = File.Open(_directory.LogPath, FileMode.Open))
        {
            log.Position = last.Offset + last.FrameLength + 24;
            log.Write([1, 2, 3]);
        }

        VerificationReport report = await VerifyAsync();

        report.Faults.Should().BeEmpty();
        report.Notes.Should().ContainSingle();
    }

    [TestCase(0)]
    [TestCase(5)]
    [TestCase(15)]
    [TestCase(16)]
    [TestCase(95)]
    public async Task Verify_LogCutWithinItsFirstBytes_IsNotSound(int length)
    {
        await WriteAsync();
        _directory.WriteLog(_directory.ReadLog().AsSpan(0, length).ToArray());

        VerificationReport report = await VerifyAsync();

        report.IsSound.Should().BeFalse();
    }

    [Test]
    public async Task Verify_AnyByteOfTheAcknowledgedPartFlipped_IsNotSound()
    {
        int seed = Environment.TickCount;
        TestContext.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seed {seed}"));
        var random = new Random(seed);
        List<FrameHeader> frames = await WriteAsync();
        byte[] sound = _directory.ReadLog();
        for (int i = 0; i < 60; i++)
        {
            int position = random.Next((int)frames[^1].Offset);
            Flip(position);
            (await VerifyAsync()).IsSound.Should().BeFalse("byte {0} was changed", position);
            _directory.WriteLog(sound);
        }
    }

    [Test]
    public async Task Verify_NoStore_IsNotFound()
    {
        Func<Task> verify = async () => await VerifyAsync();

        await verify.Should().ThrowAsync<SecretNotFoundException>();
    }

    [Test]
    public async Task Verify_DirectoryAndFilesThatNobodyMayWrite_IsSound()
    {
        await WriteAsync();
        foreach (string file in Directory.GetFiles(_directory.Store))
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead);
        }

        File.SetUnixFileMode(_directory.Store, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        try
        {
            VerificationReport report = await VerifyAsync();

            report.Faults.Should().BeEmpty();
            report.RecordCount.Should().Be(5);
        }
        finally
        {
            File.SetUnixFileMode(_directory.Store, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    [Test]
    public async Task Verify_BesideTwoWritersAndCompactions_IsSound()
    {
        await using SecretStore first = await SecretStore.OpenAsync(_directory.Store, Key);
        await first.CreateTextAsync("a", "value");
        await using SecretStore second = await SecretStore.OpenAsync(_directory.Store, Key);
        await second.CreateTextAsync("b", "value");
        using var ending = new CancellationTokenSource();
        Task[] busy = [WriteAsync(first, "a"), WriteAsync(second, "b"), RepeatAsync(async () => await first.Maintenance.CompactAsync())];
        try
        {
            for (int i = 0; i < 12; i++)
            {
                (await VerifyAsync()).Faults.Should().BeEmpty();
            }
        }
        finally
        {
            await ending.CancelAsync();
            await Task.WhenAll(busy);
        }

        Task WriteAsync(SecretStore store, string name) => RepeatAsync(async () => await store.PutTextAsync(name, Guid.NewGuid().ToString()));

        Task RepeatAsync(Func<Task> step) => Task.Run(async () =>
        {
            while (!ending.IsCancellationRequested)
            {
                await step();
            }
        });
    }

    [Test]
    public async Task Verify_AnOlderGenerationBesideTheNewest_IsSoundWithANote()
    {
        await WriteAsync();
        byte[] older = _directory.ReadLog();
        await using (SecretStore store = await SecretStore.OpenAsync(_directory.Store, Key))
        {
            await store.Maintenance.CompactAsync();
        }

        _directory.WriteLog(older);

        VerificationReport report = await VerifyAsync();

        report.Faults.Should().BeEmpty();
        report.Notes.Should().ContainSingle().Which.Should().Contain("log-0000000000000001.ess").And.Contain("another generation");
    }

    [Test]
    public async Task Verify_Cancelled_EndsAtOnceOrOnTheWay([Values] bool onTheWay)
    {
        await FillAsync();
        using var cancelling = new CancellationTokenSource();
        if (!onTheWay)
        {
            await cancelling.CancelAsync();
        }

        var told = new Told(_ => cancelling.Cancel());
        Func<Task> verify = async () => await SecretStoreMaintenance.VerifyAsync(_directory.Store, Key, progress: told, cancellationToken: cancelling.Token);

        await verify.Should().ThrowAsync<OperationCanceledException>();
    }

    [Test]
    public async Task Verify_Progress_GrowsAndEndsAtTheTotal([Values] bool compacted)
    {
        await FillAsync();
        await WriteAsync(compacted);
        var told = new List<VerificationProgress>();

        await SecretStoreMaintenance.VerifyAsync(_directory.Store, Key, progress: new Told(told.Add));

        told.Should().HaveCountGreaterThan(3);
        told.Select(static one => one.VerifiedBytes).Should().BeInAscendingOrder().And.OnlyHaveUniqueItems();
        told.Should().OnlyContain(static one => one.VerifiedBytes <= one.TotalBytes);
        told[^1].VerifiedBytes.Should().Be(told[^1].TotalBytes);
    }

    /// <summary>So much that progress is told on the way.</summary>
    private async Task FillAsync()
    {
        await using SecretStore store = await SecretStore.OpenAsync(_directory.Store, Key);
        for (int i = 0; i < 80; i++)
        {
            await store.CreateTextAsync($"large{i}", new string('x', SecretValue.MaxBytes));
        }
    }

    private async Task<List<FrameHeader>> WriteAsync(bool compacted = false)
    {
        await using (SecretStore store = await SecretStore.OpenAsync(_directory.Store, Key))
        {
            for (int i = 0; i < 5; i++)
            {
                await store.CreateTextAsync("secret" + (char)('a' + i), "a value");
            }

            if (compacted)
            {
                await store.Maintenance.CompactAsync();
            }

            await store.PutTextAsync("secreta", "the next value");
        }

        return FramesOf(ReadLog());
    }

    private string LogPath => Directory.GetFiles(_directory.Store, "log-*.ess").Single();

    private byte[] ReadLog() => File.ReadAllBytes(LogPath);

    private void Flip(long position)
    {
        byte[] log = ReadLog();
        log[position] ^= 1;
        File.WriteAllBytes(LogPath, log);
    }

    private async Task<VerificationReport> VerifyAsync() => await SecretStoreMaintenance.VerifyAsync(_directory.Store, Key);

    private static List<FrameHeader> FramesOf(byte[] log)
    {
        List<FrameHeader> frames = [];
        int offset = LogFileHeader.Length;
        while (FrameHeader.HasChecksum(log.AsSpan(offset)) && FrameHeader.TryRead(log.AsSpan(offset), out FrameHeader header))
        {
            frames.Add(header);
            offset += header.FrameLength;
        }

        return frames;
    }

    /// <summary>Told at once, on the thread that verifies.</summary>
    private sealed class Told(Action<VerificationProgress> told) : IProgress<VerificationProgress>
    {
        public void Report(VerificationProgress value) => told(value);
    }
}
