using EmbeddedSecrets.Interop;
using Microsoft.Win32.SafeHandles;

namespace EmbeddedSecrets.Files;

/// <summary>A log on the disk. Every instance that has it open holds a shared lock on it, only to show that it is there.</summary>
internal sealed class StoreFile : IStoreFile
{
    private readonly SafeFileHandle _handle;
    private readonly FileLock _presence;

    /// <summary>Takes over the handle.</summary>
    public StoreFile(SafeFileHandle handle, string path)
    {
        _handle = handle;
        Path = path;
        _presence = new FileLock(handle, path, ownsHandle: false);
        _ = _presence.TryTake(exclusive: false);
    }

    /// <summary>Gets or sets where the file is; it gets its name for good once it is whole.</summary>
    public string Path { get; set; }

    public long Length => RandomAccess.GetLength(_handle);

    public int Read(Span<byte> destination, long offset)
    {
        int total = 0;
        while (total < destination.Length)
        {
            int read = RandomAccess.Read(_handle, destination[total..], offset + total);
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
            RandomAccess.Write(_handle, bytes, offset);
        }
        catch (ArgumentOutOfRangeException exception)
        {
            // What .NET makes of EFBIG: the file may not grow, by a limit of the process or of the file system.
            throw new IOException($"'{Path}' may not grow beyond offset {offset}.", exception);
        }
    }

    public void FlushData() => NativeFile.FlushData(_handle, Path);

    public bool IsOpenHereOnly()
    {
        bool alone = _presence.TryTake();
        _ = _presence.TryTake(exclusive: false);
        return alone;
    }

    public void Dispose()
    {
        _presence.Release();
        _handle.Dispose();
    }
}
