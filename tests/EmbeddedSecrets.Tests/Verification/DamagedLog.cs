using EmbeddedSecrets.Repositories.Log;

namespace EmbeddedSecrets.Tests.Verification;

/// <summary>The frames of a log that is whole.</summary>
internal static class DamagedLog
{
    public static List<FrameHeader> FramesOf(byte[] log)
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
}
