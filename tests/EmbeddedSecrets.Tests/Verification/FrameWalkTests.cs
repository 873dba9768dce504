using EmbeddedSecrets.Files;
using EmbeddedSecrets.Repositories.Log;
using EmbeddedSecrets.Tests.Faults;
using EmbeddedSecrets.Verification;

namespace EmbeddedSecrets.Tests.Verification;

[TestFixture]
public sealed class FrameWalkTests
{
    private const int Frames = 400;

    [Test]
    public void TryNext_EverySecondFrameDamaged_ReadsTheLogAFewTimesAndFindsTheOthers()
    {
        var log = ForgedLog.Begun();
        for (int i = 1; i < Frames; i++)
        {
            log.Append(FrameKind.Batch, new byte[2000]);
        }

        byte[] bytes = log.Bytes;
        foreach (FrameHeader header in DamagedLog.FramesOf(bytes).Where(static header => header.Sequence % 2 == 0))
        {
            bytes[header.Offset + header.CheckedLength - 1] ^= 1;
        }

        using var file = new CountingFile(bytes);
        var walk = new FrameWalk(new LogReader(file));
        int found = 0;
        int gaps = 0;
        while (walk.TryNext(out _, out _, default))
        {
            found++;
            gaps += walk.GapStart is null ? 0 : 1;
        }

        found.Should().Be(Frames / 2);
        gaps.Should().Be((Frames / 2) - 1);
        walk.GapStart.Should().NotBeNull("the last frame is damaged too");
        file.BytesRead.Should().BeLessThan(16 * file.Length, "what a gap costs does not grow with what stands behind it");
    }

    private sealed class CountingFile(byte[] bytes) : IStoreFile
    {
        public long BytesRead { get; private set; }

        public string Path => "log";

        public long Length => bytes.Length;

        public int Read(Span<byte> destination, long offset)
        {
            int count = (int)Math.Min(destination.Length, bytes.Length - offset);
            bytes.AsSpan((int)offset, count).CopyTo(destination);
            BytesRead += count;
            return count;
        }

        public void Write(ReadOnlySpan<byte> bytes, long offset) => throw new NotSupportedException();

        public void FlushData() => throw new NotSupportedException();

        public bool IsOpenHereOnly() => true;

        public void Dispose()
        {
        }
    }
}
