using System.Globalization;
using EmbeddedSecrets.Errors;
using EmbeddedSecrets.Interop;
using Microsoft.Win32.SafeHandles;

namespace EmbeddedSecrets.Repositories.Log;

/// <summary>
/// The directory of a store: makes it, takes its lock, finds and makes logs. Nothing is believed about a path: every file is
/// opened without following links, and asked on the open handle what it is (DESIGN F10).
/// </summary>
internal sealed class StoreDirectory : IDisposable
{
    private const string LockName = "commit.lock";
    private const string LogPrefix = "log-";
    private const string LogSuffix = ".ess";
    private const string TemporarySuffix = ".tmp";
    private const int GenerationDigits = 16;
    private const int MaxProcessIdBytes = 16;

    private const UnixFileMode OthersMode = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    private readonly string _path;
    private readonly bool _readOnly;
    private readonly SafeFileHandle _lock;

    private StoreDirectory(string path, bool readOnly, SafeFileHandle lockHandle)
    {
        _path = path;
        _readOnly = readOnly;
        _lock = lockHandle;
    }

    /// <summary>Opens the directory and takes its lock; null where there is no store and none may be made.</summary>
    public static StoreDirectory? Open(string path, bool readOnly)
    {
        try
        {
            if (!Directory.Exists(path) && !File.Exists(path))
            {
                if (readOnly)
                {
                    return null;
                }

                Create(path);
            }

            if (!OperatingSystem.IsWindows())
            {
                using SafeFileHandle directory = NativeFile.Open(path, FileAccessMode.Read);
                Check(NativeFile.Examine(directory, path), path, FileKind.Directory);
            }

            return TakeLock(path, readOnly);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw StoreFailures.OpeningFailed(path, exception, readOnly);
        }
    }

    /// <summary>Opens the newest log; null where there is none.</summary>
    public (ILogFile File, long Generation)? OpenNewestLog()
    {
        string path = _path;
        try
        {
            long newest = 0;
            foreach (string name in Directory.EnumerateFiles(_path, LogPrefix + "*").Select(file => Path.GetFileName(file)))
            {
                newest = Math.Max(newest, GenerationOf(name));
                if (!_readOnly && name.EndsWith(TemporarySuffix, StringComparison.Ordinal))
                {
                    File.Delete(Path.Combine(_path, name));
                }
            }

            if (newest == 0)
            {
                return null;
            }

            path = PathOf(newest);
            return (OpenChecked(path, _readOnly ? FileAccessMode.Read : FileAccessMode.ReadWrite), newest);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw StoreFailures.OpeningFailed(path, exception, _readOnly);
        }
    }

    /// <summary>Makes a log under a temporary name, lets <paramref name="fill"/> write and flush what it begins with, and gives it its name for good.</summary>
    public ILogFile CreateLog(long generation, Func<ILogFile, ILogFile> wrap, Action<ILogFile> fill)
    {
        string path = PathOf(generation);
        string temporary = path + TemporarySuffix;
        ILogFile? file = null;
        try
        {
            file = wrap(new LogFile(NativeFile.Open(temporary, FileAccessMode.CreateNew), path));
            fill(file);
            File.Move(temporary, path, overwrite: false);
            NativeFile.FlushDirectory(_path);
            ILogFile created = file;
            file = null;
            return created;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw StoreFailures.OpeningFailed(path, exception, readOnly: false);
        }
        finally
        {
            if (file is not null)
            {
                file.Dispose();
                TryDelete(temporary);
            }
        }
    }

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

    public void Dispose() => _lock.Dispose();

    private string PathOf(long generation) =>
        Path.Combine(_path, LogPrefix + generation.ToString("x16", CultureInfo.InvariantCulture) + LogSuffix);

    /// <summary>The generation that a file name tells, or 0.</summary>
    private static long GenerationOf(string name) =>
        name.Length == LogPrefix.Length + GenerationDigits + LogSuffix.Length
        && name.EndsWith(LogSuffix, StringComparison.Ordinal)
        && long.TryParse(name.AsSpan(LogPrefix.Length, GenerationDigits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long generation)
        && generation > 0
            ? generation
            : 0;

    private static void Create(string path)
    {
        string? parent = Path.GetDirectoryName(path);
        if (parent is not null && !Directory.Exists(parent))
        {
            Create(parent);
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

    private static StoreDirectory? TakeLock(string directory, bool readOnly)
    {
        string path = Path.Combine(directory, LockName);
        if (readOnly && !File.Exists(path))
        {
            return Directory.EnumerateFiles(directory, LogPrefix + "*" + LogSuffix).Any() ? throw StoreFailures.LockFileMissing(path) : null;
        }

        SafeFileHandle handle = NativeFile.TryOpenLocked(path, readOnly ? FileAccessMode.Read : FileAccessMode.OpenOrCreate)
            ?? throw StoreFailures.Locked(directory, ReadProcessId(path));
        try
        {
            Check(NativeFile.Examine(handle, path), path, FileKind.Regular);
            var opened = new StoreDirectory(directory, readOnly, handle);
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

    private static LogFile OpenChecked(string path, FileAccessMode mode)
    {
        SafeFileHandle? handle = NativeFile.Open(path, mode);
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

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The next opening for writing removes it.
        }
    }
}
