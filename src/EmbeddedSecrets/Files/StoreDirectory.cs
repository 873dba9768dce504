using System.Globalization;
using System.IO.Enumeration;
using EmbeddedSecrets.Errors;
using EmbeddedSecrets.Interop;
using Microsoft.Win32.SafeHandles;

namespace EmbeddedSecrets.Files;

/// <summary>
/// The directory of a store on the disk. Nothing is believed about a path: every file is
/// opened without following links, and asked on the open handle what it is (DESIGN F10).
/// </summary>
internal sealed class StoreDirectory : IStoreDirectory
{
    private const string PageName = "store.page";
    private const string QueueName = "queue.lock";
    private const string CompactionName = "compaction.lock";
    private const string CommitName = "commit.lock";

    private const UnixFileMode OthersMode = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>Also what is hidden; an entry that cannot be asked is a failure.</summary>
    private static readonly EnumerationOptions EverythingHere = new() { AttributesToSkip = 0, IgnoreInaccessible = false };

    private readonly bool _readOnly;
    private readonly UniqueId? _identity;
    private volatile Asked? _asked;

    private StoreDirectory(string path, bool readOnly, UniqueId? identity)
    {
        Path = path;
        _readOnly = readOnly;
        _identity = identity;
    }

    public string Path { get; }

    /// <summary>Opens the directory, and makes it if need be; null where there is none and none may be made.</summary>
    public static StoreDirectory? OpenOrMake(string path, bool readOnly)
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

            var opened = new StoreDirectory(path, readOnly, CheckDirectory(path));
            if (!readOnly && System.IO.Path.GetDirectoryName(path) is { } parent && !opened.ListNames().Any(static name => LogName.GenerationOf(name) > 0))
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

    public IReadOnlyList<string> ListNames() =>
        [.. new FileSystemEnumerable<string>(Path, static (ref entry) => entry.FileName.ToString(), EverythingHere)
        {
            ShouldIncludePredicate = static (ref entry) => !entry.IsDirectory || LogName.IsStaging(entry.FileName),
        }];

    public IStoreFile Open(string name, bool readOnly) =>
        new StoreFile(OpenChecked(PathOf(name), readOnly ? FileAccessMode.Read : FileAccessMode.ReadWrite), PathOf(name));

    public IStoreFile Create(string name)
    {
        CheckInPlace();
        return new StoreFile(NativeFile.Open(PathOf(name), FileAccessMode.CreateNew), PathOf(name));
    }

    public void Rename(IStoreFile file, string name)
    {
        File.Move(file.Path, PathOf(name), overwrite: true);
        ((StoreFile)file).Path = PathOf(name);
    }

    public void Delete(string name)
    {
        if (LogName.IsStaging(name) && Directory.Exists(PathOf(name)))
        {
            Directory.Delete(PathOf(name), recursive: true);
        }
        else
        {
            File.Delete(PathOf(name));
        }
    }

    public void Flush() => NativeFile.FlushDirectory(Path);

    /// <summary>Every commit asks for the same name: its path is kept.</summary>
    public bool Exists(string name)
    {
        Asked? asked = _asked;
        if (asked is null || !ReferenceEquals(asked.Name, name))
        {
            _asked = asked = new Asked(name, PathOf(name));
        }

        return NativeFile.Exists(asked.Path);
    }

    public ISharedLock? OpenLock(LockName name)
    {
        if (name == LockName.Commit && !OperatingSystem.IsWindows())
        {
            return new FileLock(NativeFile.OpenDirectory(Path), Path);
        }

        string path = PathOf(name switch
        {
            LockName.Commit => CommitName,
            LockName.Queue => QueueName,
            _ => CompactionName,
        });
        return _readOnly && !NativeFile.Exists(path)
            ? null
            : new FileLock(OpenChecked(path, _readOnly ? FileAccessMode.Read : FileAccessMode.OpenOrCreate), path);
    }

    public SharedPage? OpenPage()
    {
        CheckInPlace();
        string path = PathOf(PageName);
        return _readOnly && !NativeFile.Exists(path)
            ? null
            : MappedPage.Open(OpenChecked(path, _readOnly ? FileAccessMode.Read : FileAccessMode.OpenOrCreate), path, _readOnly);
    }

    public void Dispose()
    {
    }

    /// <summary>Another directory may have taken the place: nothing of this store belongs there.</summary>
    private void CheckInPlace()
    {
        if (_identity is { } identity && NativeFile.ExamineName(Path)?.Identity != identity)
        {
            throw StoreFailures.DirectoryMoved(Path);
        }
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

    private static UniqueId? CheckDirectory(string path)
    {
        if (OperatingSystem.IsLinux())
        {
            using SafeFileHandle directory = NativeFile.Open(path, FileAccessMode.Read);
            FileFacts facts = NativeFile.Examine(directory, path);
            Check(facts, path, FileKind.Directory);
            return facts.Identity;
        }

        if (!OperatingSystem.IsWindows())
        {
            Check(new FileFacts(Directory.Exists(path) ? FileKind.Directory : FileKind.Other, File.GetUnixFileMode(path), null, null, 0), path, FileKind.Directory);
        }

        return null;
    }

    private static SafeFileHandle OpenChecked(string path, FileAccessMode mode)
    {
        SafeFileHandle? handle = NativeFile.Open(path, mode);
        try
        {
            Check(NativeFile.Examine(handle, path), path, FileKind.Regular);
            SafeFileHandle opened = handle;
            handle = null;
            return opened;
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

    private sealed record Asked(string Name, string Path);
}
