using EmbeddedSecrets.Files;

namespace EmbeddedSecrets.Auditing;

/// <summary>Tells what a crash leaves at the end of a file from what somebody did there, as far as that can be told.</summary>
internal static class TornTail
{
    /// <summary>
    /// A write that was cut short has no line end, and blocks that never reached the disk read as zeros; no authentic line can
    /// follow. A whole line of text that is not authentic was changed.
    /// </summary>
    public static bool IsTorn(IStoreFile file, long offset, long end, AuditKeys keys)
    {
        bool zeros = false;
        bool terminated = true;
        int lines = 0;
        var reader = new LineReader(file, offset, end);
        while (reader.TryRead(out ReadOnlySpan<byte> line))
        {
            if (AuditLine.Authenticate(line, keys) is not null)
            {
                return false;
            }

            zeros |= line.Contains((byte)0);
            terminated = reader.IsTerminated;
            lines++;
        }

        return zeros || (!terminated && lines == 1);
    }
}
