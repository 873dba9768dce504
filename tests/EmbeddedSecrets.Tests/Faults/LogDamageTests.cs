using System.Globalization;
using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Repositories.Log;
using EmbeddedSecrets.Tests.Repositories;

namespace EmbeddedSecrets.Tests.Faults;

/// <summary>Changes a log as an attacker or a disk may, beyond the single bits of <see cref="Simulation.LogBitsTests"/>: it is refused with the right error.</summary>
[TestFixture]
public sealed class LogDamageTests
{
    private const int Commits = 4;

    private static readonly bool Full = Environment.GetEnvironmentVariable("EMBEDDEDSECRETS_FULL_TESTS") == "1";

    private byte[] _crashed = null!;
    private byte[] _closed = null!;
    private List<(int Offset, int Length)> _frames = null!;
    private Random _random = null!;

    [OneTimeSetUp]
    public async Task WriteLogs()
    {
        int seed = Environment.TickCount;
        TestContext.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seed {seed}"));
        _random = new Random(seed);
        (_crashed, _closed) = await WriteAsync(Samples.Bytes);
        _frames = FramesOf(_closed);
        _frames.Should().HaveCount(Commits + 2, "header, commits, closing frame");
    }

    [Test]
    public async Task Version_Unknown_IsUnsupportedFormat()
    {
        byte[] changed = [.. _closed];
        changed[8] = 2;
        BitConverter.TryWriteBytes(changed.AsSpan(12), Checksum.Of(changed.AsSpan(0, 12)));

        await RefuseAsync(changed, SecretStoreErrorCodes.UnsupportedFormat);
    }

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(15)]
    [TestCase(16)]
    [TestCase(100)]
    public async Task Length_TooShortForAStore_IsCorrupt(int length) => await RefuseAsync(_closed[..length], SecretStoreErrorCodes.Corrupt);

    [Test]
    public async Task Garbage_BehindTheEnd_IsDroppedOnce()
    {
        byte[] changed = [.. _crashed];
        int end = _frames[Commits].Offset + _frames[Commits].Length;
        Samples.Bytes(200).CopyTo(changed, end + 24);
        changed[end + 24 + 200] = 1;
        using var directory = new TemporaryDirectory();
        directory.WriteLog(changed);

        await using (var first = new FileSecretRepository(directory.Store))
        {
            RecoveryReport report = await FileSecretRepositoryTests.OpenAsync(first);
            report.DroppedOffset.Should().Be(end);
            report.DroppedBytes.Should().Be(24 + 200 + 1);
        }

        await using var second = new FileSecretRepository(directory.Store);
        (await FileSecretRepositoryTests.OpenAsync(second)).Should().Match<RecoveryReport>(r => r.DroppedOffset == null && r.WasClosed && r.RecordCount == Commits);
    }

    [Test]
    public async Task Frame_RepairedChecksumsAfterAChange_IsTampered()
    {
        foreach (int position in new[] { 4, 5, 24, 32, 40, 48, 56, 81, 130, 200 })
        {
            (int offset, int length) = _frames[2];
            byte[] changed = Flip(_crashed, offset + position);
            bool isSnapshot = changed[offset + 4] == (byte)FrameKind.Snapshot && FrameHeader.TryRead(changed.AsSpan(offset), out _);
            FrameHeader.TryRead(_crashed.AsSpan(offset), out FrameHeader header);
            FrameHeader.WriteChecksums(changed.AsSpan(offset, length), isSnapshot ? header.BodyStart : length);

            (await RefuseAsync(changed, SecretStoreErrorCodes.Tampered)).Message.Should().Contain(string.Create(CultureInfo.InvariantCulture, $"offset {offset}"));
        }
    }

    [Test]
    public async Task Frame_TagOfARecordChangedInTheBody_IsTampered()
    {
        (int offset, int length) = _frames[2];
        FrameHeader.TryRead(_crashed.AsSpan(offset), out FrameHeader header).Should().BeTrue();
        byte[] changed = Flip(_crashed, offset + header.BodyStart + 64 - 1);
        FrameHeader.WriteChecksums(changed.AsSpan(offset, length), length);

        await RefuseAsync(changed, SecretStoreErrorCodes.Tampered);
    }

    [Test]
    public async Task Frames_LeftOutSwappedOrTwice_AreRefused()
    {
        byte[] Frame(int i) => _closed[_frames[i].Offset..(_frames[i].Offset + _frames[i].Length)];
        byte[] start = _closed[.._frames[2].Offset];
        byte[][] logs =
        [
            [.. start, .. Frame(3), .. Frame(4), .. Frame(5)],
            [.. start, .. Frame(3), .. Frame(2), .. Frame(4), .. Frame(5)],
            [.. start, .. Frame(2), .. Frame(2), .. Frame(3), .. Frame(4)],
        ];
        foreach (byte[] log in logs)
        {
            await RefuseAsync(log, SecretStoreErrorCodes.Tampered);
        }
    }

    [Test]
    public async Task Frame_OfAnotherLogOfTheSameStore_IsTampered()
    {
        (byte[] other, _) = await WriteAsync(Samples.Bytes);
        byte[] spliced = [.. _crashed];
        other.AsSpan(_frames[3].Offset).CopyTo(spliced.AsSpan(_frames[3].Offset));

        await RefuseAsync(spliced, SecretStoreErrorCodes.Tampered);
    }

    [Test]
    public void Frame_OfAnotherStoreWithTheSameKeys_DoesNotOpen()
    {
        (int offset, int length) = _frames[2];
        FrameHeader.TryRead(_crashed.AsSpan(offset), out FrameHeader header).Should().BeTrue();
        ReadOnlySpan<byte> frame = _crashed.AsSpan(offset, length);

        new FrameSeal(new FixedKeyProtector(), Samples.StoreId).TryOpen(header, frame).Should().NotBeNull();
        new FrameSeal(new FixedKeyProtector(), new UniqueId(7, 7)).TryOpen(header, frame).Should().BeNull();
    }

    [Test]
    public async Task RandomBytes_Anywhere_OnlyTheLibrarysOwnErrors()
    {
        for (int i = 0; i < (Full ? 1500 : 100); i++)
        {
            byte[] changed = [.. _crashed];
            int position = _random.Next(changed.Length);
            _random.NextBytes(changed.AsSpan(position, Math.Min(_random.Next(1, 300), changed.Length - position)));
            await TryOpenAsync(changed);
        }
    }

    [TestCase(8, 0xFFFFFFFFu)]
    [TestCase(8, 0x7FFFFFF8u)]
    [TestCase(8, 0u)]
    [TestCase(12, 0x7FFFFFFFu)]
    [TestCase(16, 0xFFFFFFFFu)]
    [TestCase(16, 0u)]
    [TestCase(20, 0x80000000u)]
    public async Task Lengths_AbsurdWithRightChecksums_AreRefused(int field, uint value)
    {
        (int offset, _) = _frames[1];
        byte[] changed = [.. _crashed];
        BitConverter.TryWriteBytes(changed.AsSpan(offset + field), value);
        BitConverter.TryWriteBytes(changed.AsSpan(offset + 76), Checksum.Of(changed.AsSpan(offset, 76)));

        await RefuseAsync(changed, SecretStoreErrorCodes.Tampered);
    }

    private static async Task<(byte[] Crashed, byte[] Closed)> WriteAsync(Func<int, byte[]> bytes)
    {
        using var directory = new TemporaryDirectory();
        byte[] crashed;
        await using (var repository = new FileSecretRepository(directory.Store))
        {
            await repository.ReadHeaderAsync();
            await repository.StartAsync(Samples.Header(), new FixedKeyProtector());
            for (int i = 0; i < Commits; i++)
            {
                await repository.CommitAsync(Samples.Commit(Samples.Create("n" + i, bytes(64), (new UniqueId(0, (ulong)i), bytes(100)))));
            }

            crashed = directory.ReadLog();
        }

        return (crashed, directory.ReadLog());
    }

    private static List<(int Offset, int Length)> FramesOf(byte[] log)
    {
        List<(int, int)> frames = [];
        int offset = LogFileHeader.Length;
        while (FrameHeader.HasChecksum(log.AsSpan(offset)) && FrameHeader.TryRead(log.AsSpan(offset), out FrameHeader header))
        {
            frames.Add((offset, header.FrameLength));
            offset += header.FrameLength;
        }

        return frames;
    }

    private static async Task<SecretStoreException> RefuseAsync(byte[] log, string code)
    {
        using var directory = new TemporaryDirectory();
        directory.WriteLog(log);
        SecretStoreException exception;
        await using (var repository = new FileSecretRepository(directory.Store))
        {
            exception = await FileSecretRepositoryTests.ExpectAsync(repository, code);
        }

        directory.ReadLog().Should().Equal(log, "a store that is refused is not changed");
        return exception;
    }

    private static async Task TryOpenAsync(byte[] log)
    {
        using var directory = new TemporaryDirectory();
        directory.WriteLog(log);
        await using var repository = new FileSecretRepository(directory.Store);
        try
        {
            await FileSecretRepositoryTests.OpenAsync(repository);
        }
        catch (SecretStoreException)
        {
            // Any other exception fails the test.
        }
    }

    private byte[] Flip(byte[] log, int position)
    {
        byte[] changed = [.. log];
        changed[position] ^= (byte)(1 << _random.Next(8));
        return changed;
    }
}
