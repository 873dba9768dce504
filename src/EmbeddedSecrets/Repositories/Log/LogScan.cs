using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Errors;
using EmbeddedSecrets.Files;

namespace EmbeddedSecrets.Repositories.Log;

/// <summary>Finds the newest repository header of a log by checksums alone (DESIGN section 2, step a).</summary>
internal static class LogScan
{
    /// <param name="file">The log.</param>
    /// <param name="end">Where it ends; null where nobody knows. It is a hint: what is found is believed by nobody yet.</param>
    public static RepositoryHeader FindHeader(IStoreFile file, long? end)
    {
        var reader = new LogReader(file, end is { } known && known < LogReader.LengthOf(file) ? known : null);
        LogFileHeader.Check(reader.Read(0, LogFileHeader.Length), file.Path);
        RepositoryHeader? newest = null;
        long offset = LogFileHeader.Length;
        while (reader.TryReadHeader(offset, out FrameHeader header))
        {
            if (header.HeaderLength > 0)
            {
                ReadOnlySpan<byte> frame = reader.Read(offset, header.CheckedLength);
                if (Checksum.Of(frame[FrameHeader.Size..]) != header.RestChecksum)
                {
                    break;
                }

                newest = HeaderPart.TryRead(frame.Slice(FrameHeader.Size, header.HeaderLength)) ?? newest;
            }

            offset += header.FrameLength;
        }

        return newest ?? throw StoreFailures.Corrupt(file.Path, LogFileHeader.Length);
    }
}
