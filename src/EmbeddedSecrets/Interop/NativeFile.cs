using System.Runtime.InteropServices;
using EmbeddedSecrets.Errors;
using Microsoft.Win32.SafeHandles;

namespace EmbeddedSecrets.Interop;

/// <summary>
/// Opens, examines, flushes and locks files so that every failure is told. Every failure is an <see cref="IOException"/>; on
/// Linux a <see cref="SystemCallException"/> with the error number. Linux is tested; Windows and macOS are written for hosts
/// that have them.
/// </summary>
internal static class NativeFile
{
    private const int ReadWriteFlag = 0x2;
    private const int CreateFlag = 0x40;
    private const int ExclusiveFlag = 0x80;
    private const int NonBlockFlag = 0x800;
    private const int CloseOnExecFlag = 0x80000;

    private const uint OwnerOnly = 0b110_000_000;

    private const int CurrentDirectory = -100;
    private const int EmptyPathFlag = 0x1000;
    private const int NoFollowPathFlag = 0x100;
    private const uint BasicStats = 0x7ff;
    private const int FormatMask = 0xf000;
    private const int RegularFormat = 0x8000;
    private const int DirectoryFormat = 0x4000;
    private const int PermissionMask = 0xfff;

    private const int MacFullFlush = 51;

    private const int ReadableAndWritable = 3;
    private const int PrivateMapping = 0x2;
    private const int FixedMapping = 0x10;
    private const int AnonymousMapping = 0x20;
    private const int MacAnonymousMapping = 0x1000;

    /// <summary>O_NOFOLLOW differs between the architectures of Linux.</summary>
    private static int NoFollowFlag => RuntimeInformation.ProcessArchitecture
        is Architecture.Arm64 or Architecture.Arm or Architecture.Armv6 or Architecture.Ppc64le ? 0x8000 : 0x20000;

    /// <summary>Opens without following a link in the last part of the path and without waiting at a FIFO.</summary>
    public static SafeFileHandle Open(string path, FileAccessMode mode)
    {
        if (!OperatingSystem.IsLinux())
        {
            return OpenManaged(path, mode);
        }

        int flags = CloseOnExecFlag | NonBlockFlag | NoFollowFlag;
        flags |= mode switch
        {
            FileAccessMode.Read => 0,
            FileAccessMode.ReadWrite => ReadWriteFlag,
            FileAccessMode.CreateNew => ReadWriteFlag | CreateFlag | ExclusiveFlag,
            _ => ReadWriteFlag | CreateFlag,
        };
        int descriptor;
        while ((descriptor = Libc.Open(path, flags, OwnerOnly)) < 0)
        {
            int error = Marshal.GetLastPInvokeError();
            if (error != ErrorNumber.Interrupted)
            {
                throw new SystemCallException("open", path, error);
            }
        }

        return new SafeFileHandle(descriptor, ownsHandle: true);
    }

    /// <summary>Asks the open handle what it is.</summary>
    public static FileFacts Examine(SafeFileHandle file, string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            UnixFileMode mode = OperatingSystem.IsWindows() ? UnixFileMode.UserRead | UnixFileMode.UserWrite : File.GetUnixFileMode(file);
            return new FileFacts(FileKind.Regular, mode, null, null, RandomAccess.GetLength(file));
        }

        Libc.StatXBuffer buffer = default;
        if (Libc.StatX(file, string.Empty, EmptyPathFlag, BasicStats, ref buffer) != 0)
        {
            throw new SystemCallException("statx", path, Marshal.GetLastPInvokeError());
        }

        return Facts(buffer);
    }

    /// <summary>Asks a name what stands there now, without following a link; null where nothing does.</summary>
    public static FileFacts? ExamineName(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            var file = new FileInfo(path);
            return file.Exists ? new FileFacts(FileKind.Regular, default, null, null, file.Length) : null;
        }

        Libc.StatXBuffer buffer = default;
        if (Libc.StatX(CurrentDirectory, path, NoFollowPathFlag, BasicStats, ref buffer) == 0)
        {
            return Facts(buffer);
        }

        int error = Marshal.GetLastPInvokeError();
        return error is ErrorNumber.NoEntry or ErrorNumber.NotDirectory ? null : throw new SystemCallException("statx", path, error);
    }

    /// <summary>Whether something of this name exists, whatever it is.</summary>
    public static bool Exists(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return Path.Exists(path);
        }

        if (Libc.Access(path, 0) == 0)
        {
            return true;
        }

        int error = Marshal.GetLastPInvokeError();
        return error is ErrorNumber.NoEntry or ErrorNumber.NotDirectory ? false : throw new SystemCallException("access", path, error);
    }

    /// <summary>The user that this process acts as; null where the platform has no such number.</summary>
    public static uint? CurrentUserId() => OperatingSystem.IsWindows() ? null : Libc.GetEffectiveUserId();

    /// <summary>
    /// Waits until the data of the file, and as much of its metadata as is needed to read them, are on the disk. A failure
    /// must never be retried: the kernel may have marked the pages clean.
    /// </summary>
    public static void FlushData(SafeFileHandle file, string path)
    {
        if (OperatingSystem.IsLinux())
        {
            Check("fdatasync", path, file, static f => Libc.FDataSync(f));
        }
        else
        {
            Flush(file, path);
        }
    }

    /// <summary>Waits until data and metadata of the file are on the disk. A failure must never be retried.</summary>
    public static void Flush(SafeFileHandle file, string path)
    {
        if (OperatingSystem.IsMacOS() && Libc.FCntl(file, MacFullFlush) == 0)
        {
            return;
        }

        if (OperatingSystem.IsWindows())
        {
#pragma warning disable RS0030 // Windows: FlushFileBuffers, whose failure is told.
            RandomAccess.FlushToDisk(file);
#pragma warning restore RS0030
            return;
        }

        Check("fsync", path, file, static f => Libc.FSync(f));
    }

    /// <summary>Waits until the entries of a directory are on the disk: after a file was made, renamed or removed in it.</summary>
    public static void FlushDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using SafeFileHandle directory = OpenDirectory(path);
        Check("fsync", path, directory, static f => Libc.FSync(f));
    }

    /// <summary>
    /// Sees to it that the first bytes of a file have room on the disk, without changing them: a hole that is mapped and
    /// written to on a full disk kills the process. Does nothing where the file system cannot do it.
    /// </summary>
    public static void FillHoles(SafeFileHandle file, string path, long length)
    {
        while (OperatingSystem.IsLinux() && Libc.FAllocate(file, 0, 0, length) != 0)
        {
            int error = Marshal.GetLastPInvokeError();
            if (error == ErrorNumber.NotSupported)
            {
                return;
            }

            if (error != ErrorNumber.Interrupted)
            {
                throw new SystemCallException("fallocate", path, error);
            }
        }
    }

    /// <summary>Gives a file a second name, which must not exist yet. Unlike a rename it never takes the place of anything.</summary>
    /// <returns>False when the name exists.</returns>
    public static bool TryLink(string existing, string created)
    {
        if (OperatingSystem.IsWindows())
        {
            try
            {
                File.Copy(existing, created, overwrite: false);
                return true;
            }
            catch (IOException) when (File.Exists(created))
            {
                return false;
            }
        }

        if (Libc.Link(existing, created) == 0)
        {
            return true;
        }

        int error = Marshal.GetLastPInvokeError();
        return error == ErrorNumber.Exists ? false : throw new SystemCallException("link", created, error);
    }

    /// <summary>Opens a directory, to flush it, to lock it and to ask what it is.</summary>
    public static SafeFileHandle OpenDirectory(string path)
    {
        int flags = OperatingSystem.IsLinux() ? CloseOnExecFlag : 0;
        int descriptor = Libc.Open(path, flags, 0);
        return descriptor >= 0
            ? new SafeFileHandle(descriptor, ownsHandle: true)
            : throw new SystemCallException("open", path, Marshal.GetLastPInvokeError());
    }

    private static FileFacts Facts(in Libc.StatXBuffer buffer)
    {
        FileKind kind = (buffer.Mode & FormatMask) switch
        {
            RegularFormat => FileKind.Regular,
            DirectoryFormat => FileKind.Directory,
            _ => FileKind.Other,
        };
        var identity = new UniqueId(((ulong)buffer.DeviceMajor << 32) | buffer.DeviceMinor, buffer.Inode);
        return new FileFacts(kind, (UnixFileMode)(buffer.Mode & PermissionMask), buffer.UserId, buffer.LinkCount, checked((long)buffer.Size), identity);
    }

    private static void Check(string call, string path, SafeFileHandle file, Func<SafeFileHandle, int> invoke)
    {
        while (invoke(file) != 0)
        {
            int error = Marshal.GetLastPInvokeError();
            if (error != ErrorNumber.Interrupted)
            {
                throw new SystemCallException(call, path, error);
            }
        }
    }

    /// <summary>
    /// Puts zeros of the process's own in the place of a mapped file, in one step: the file is let go, and who reads the
    /// memory later reads zeros instead of dying.
    /// </summary>
    public static void ReplaceMapping(nint address, int length)
    {
        if (!OperatingSystem.IsWindows())
        {
            int flags = PrivateMapping | FixedMapping | (OperatingSystem.IsMacOS() ? MacAnonymousMapping : AnonymousMapping);
            _ = Libc.MMap(address, (nuint)length, ReadableAndWritable, flags, -1, 0);
        }
    }

    private static SafeFileHandle OpenManaged(string path, FileAccessMode mode)
    {
        if (new FileInfo(path).LinkTarget is not null)
        {
            throw new IOException($"'{path}' is a symbolic link.");
        }

        FileMode fileMode = mode switch
        {
            FileAccessMode.CreateNew => FileMode.CreateNew,
            FileAccessMode.OpenOrCreate => FileMode.OpenOrCreate,
            _ => FileMode.Open,
        };
        FileAccess access = mode == FileAccessMode.Read ? FileAccess.Read : FileAccess.ReadWrite;
        FileShare share = OperatingSystem.IsWindows() && mode == FileAccessMode.OpenOrCreate ? FileShare.None : FileShare.ReadWrite | FileShare.Delete;
        SafeFileHandle file = File.OpenHandle(path, fileMode, access, share);
        if (!OperatingSystem.IsWindows() && mode is FileAccessMode.CreateNew or FileAccessMode.OpenOrCreate)
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return file;
    }
}
