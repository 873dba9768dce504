using System.Globalization;
using EmbeddedSecrets.Errors;
using EmbeddedSecrets.Interop;
using Microsoft.Win32.SafeHandles;

namespace EmbeddedSecrets.Repositories.Log;

/// <summary>
/// The directory of a store on the disk: makes it and takes its lock. Nothing is believed about a path: every file is
/// opened without following links, and asked on the open handle what it is (DESIGN F10).
/// </summary>
internal sealed class StoreDirectory : ILogDirectory
{
    private const string LockName = "commit.lock";
    private const int MaxProcessIdBytes = 16;

    private const UnixFileMode OthersMode = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    private readonly SafeFileHandle _lock;

    private StoreDirectory(string path, SafeFileHandle lockHandle)
    {
        Path = path;
        _lock = lockHandle;
    }

    public string Path { get; }

    /// <summary>Opens the directory and takes its lock; null where there is no store and none may be made.</summary>
    public static StoreDirectory? OpenLocked(string path, bool readOnly)
    {
        try
        {
            if (!Directory.Exists(path) && !File.Exists(path))
            {
                if (readOnly)
                {
                    return null;
                }

                MakeDirectory(path);
            }

            CheckDirectory(path);
            StoreDirectory? opened = TakeLock(path, readOnly);
            if (!readOnly && System.IO.Path.GetDirectoryName(path) is { } parent && !opened!.ListNames().Any(static name => LogName.GenerationOf(name) > 0))
            {
                // Whoever made the directory may have been killed before its name was on the disk.
                NativeFile.FlushDirectory(parent);
            }

            return opened;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw StoreFailures.OpeningFailed(path, exception, readOnly);
        }
    }

    public IReadOnlyList<string> ListNames() => [.. Directory.EnumerateFiles(Path).Select(static file => System.IO.Path.GetFileName(file))];

    public ILogFile Open(string name, bool readOnly)
    {
        string path = PathOf(name);
        SafeFileHandle? handle = NativeFile.Open(path, readOnly ? FileAccessMode.Read : FileAccessMode.ReadWrite);
        try
        {
            Check(NativeFile.Examine(handle, path), path, FileKind.Regular);
            var file = new LogFile(handle, path);
            handle = null;
            return file;
        }
        finally
        {
            handle?.Dispose();
        }
    }

    public ILogFile Create(string name) => new LogFile(NativeFile.Open(PathOf(name), FileAccessMode.CreateNew), PathOf(name));

    public void Rename(ILogFile file, string name)
    {
        File.Move(file.Path, PathOf(name), overwrite: true);
        ((LogFile)file).Path = PathOf(name);
    }

    public void Delete(string name) => File.Delete(PathOf(name));

    public void Flush() => NativeFile.FlushDirectory(Path);

    /// <summary>Writes into the lock file who holds it: only for the message that others get, nothing depends on it.</summary>
    public void NoteHolder()
    {
        try
        {
            byte[] id = System.Text.Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
            RandomAccess.SetLength(_lock, 0);
            RandomAccess.Write(_lock, id, 0);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The message names nobody then.
        }
    }

    public void Dispose()
    {
        // At once: a child process between fork and exec holds the lock too until it closes the descriptor.
        NativeFile.Unlock(_lock);
        _lock.Dispose();
    }

    private string PathOf(string name) => System.IO.Path.Combine(Path, name);

    private static void MakeDirectory(string path)
    {
        string? parent = System.IO.Path.GetDirectoryName(path);
        if (parent is not null && !Directory.Exists(parent))
        {
            MakeDirectory(parent);
        }

        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        if (parent is not null)
        {
            NativeFile.FlushDirectory(parent);
        }
    }

    private static void CheckDirectory(string path)
    {
        if (OperatingSystem.IsLinux())
        {
            using SafeFileHandle directory = NativeFile.Open(path, FileAccessMode.Read);
            Check(NativeFile.Examine(directory, path), path, FileKind.Directory);
        }
        else if (!OperatingSystem.IsWindows())
        {
            Check(new FileFacts(Directory.Exists(path) ? FileKind.Directory : FileKind.Other, File.GetUnixFileMode(path), null, null, 0), path, FileKind.Directory);
        }
    }

    private static StoreDirectory? TakeLock(string directory, bool readOnly)
    {
        string path = System.IO.Path.Combine(directory, LockName);
        if (readOnly && !File.Exists(path))
        {
            return Directory.EnumerateFiles(directory, LogName.Pattern).Any() ? throw StoreFailures.LockFileMissing(path) : null;
        }

        SafeFileHandle handle = NativeFile.TryOpenLocked(path, readOnly ? FileAccessMode.Read : FileAccessMode.OpenOrCreate)
            ?? throw StoreFailures.Locked(directory, ReadProcessId(path));
        try
        {
            Check(NativeFile.Examine(handle, path), path, FileKind.Regular);
            var opened = new StoreDirectory(directory, handle);
            handle = null!;
            return opened;
        }
        finally
        {
            handle?.Dispose();
        }
    }

    private static int? ReadProcessId(string path)
    {
        try
        {
            using SafeFileHandle handle = NativeFile.Open(path, FileAccessMode.Read);
            Span<byte> bytes = stackalloc byte[MaxProcessIdBytes];
            return int.TryParse(bytes[..RandomAccess.Read(handle, bytes, 0)], NumberStyles.None, CultureInfo.InvariantCulture, out int id) ? id : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return null;
        }
    }

    private static void Check(FileFacts facts, string path, FileKind kind)
    {
        if (facts.Kind != kind)
        {
            throw StoreFailures.Insecure(path, kind == FileKind.Directory ? "is no directory" : "is no regular file", "Put the store's own file in its place.");
        }

        if (facts.OwnerId is { } owner && NativeFile.CurrentUserId() is { } user && owner != user)
        {
            throw StoreFailures.Insecure(path, string.Create(CultureInfo.InvariantCulture, $"belongs to user {owner}, and this process runs as user {user}"), $"Run: chown {user} '{path}'");
        }

        if ((facts.Mode & OthersMode) != 0)
        {
            throw StoreFailures.Insecure(path, "can be used by the group or by others", $"Run: chmod {(kind == FileKind.Directory ? "700" : "600")} '{path}'");
        }

        if (kind == FileKind.Regular && facts.LinkCount > 1)
        {
            throw StoreFailures.Insecure(path, "has several names (hard links)", "Copy the file instead of linking it.");
        }
    }
}
