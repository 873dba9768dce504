using EmbeddedSecrets.Interop;
using Microsoft.Win32.SafeHandles;

namespace EmbeddedSecrets.Repositories.Log;

/// <summary>A log on the disk.</summary>
internal sealed class LogFile(SafeFileHandle handle, string path) : ILogFile
{
    /// <summary>Gets or sets where the file is; it gets its name for good once it is whole.</summary>
    public string Path { get; set; } = path;

    public long Length => RandomAccess.GetLength(handle);

    public int Read(Span<byte> destination, long offset)
    {
        int total = 0;
        while (total < destination.Length)
        {
            int read = RandomAccess.Read(handle, destination[total..], offset + total);
            if (read == 0)
            {
                break;
            }

            total += read;
        }

        return total;
    }

    public void Write(ReadOnlySpan<byte> bytes, long offset)
    {
        try
        {
            RandomAccess.Write(handle, bytes, offset);
        }
        catch (ArgumentOutOfRangeException exception)
        {
            // What .NET makes of EFBIG: the file may not grow, by a limit of the process or of the file system.
            throw new IOException($"'{Path}' may not grow beyond offset {offset}.", exception);
        }
    }

    public void FlushData() => NativeFile.FlushData(handle, Path);

    public void Dispose() => handle.Dispose();
}
