using System.Runtime.InteropServices;
using EmbeddedSecrets.Errors;
using Microsoft.Win32.SafeHandles;

namespace EmbeddedSecrets.Interop;

/// <summary>
/// A lock on an open file or directory: flock(2), on Windows LockFileEx on one byte far behind the data. It belongs to the
/// open handle, so that two instances in one process exclude each other too, and ends with it.
/// </summary>
internal sealed class FileLock(SafeFileHandle handle, string path, bool ownsHandle = true) : ISharedLock
{
    private const int SharedOperation = 1;
    private const int ExclusiveOperation = 2;
    private const int WithoutWaiting = 4;
    private const int ReleaseOperation = 8;

    private const uint WindowsWithoutWaiting = 1;
    private const uint WindowsExclusive = 2;
    private const int WindowsLockViolation = 33;
    private const uint WindowsOffsetHigh = 0x7fff_ffff;

    public bool TryTake(bool exclusive = true)
    {
        if (OperatingSystem.IsWindows())
        {
            // There a shared lock does not take the place of an exclusive one.
            Release();
            return TryTakeWindows(WindowsWithoutWaiting | (exclusive ? WindowsExclusive : 0));
        }

        return TryFLock((exclusive ? ExclusiveOperation : SharedOperation) | WithoutWaiting);
    }

    public void Take()
    {
        if (OperatingSystem.IsWindows())
        {
            _ = TryTakeWindows(WindowsExclusive);
        }
        else
        {
            _ = TryFLock(ExclusiveOperation);
        }
    }

    /// <summary>Gives the lock back for every descriptor that shares it: a child process between fork and exec holds it too.</summary>
    public void Release()
    {
        if (handle.IsClosed)
        {
            return;
        }

        if (OperatingSystem.IsWindows())
        {
            Kernel32.Overlapped place = new() { OffsetHigh = WindowsOffsetHigh };
            _ = Kernel32.UnlockFileEx(handle, 0, 1, 0, ref place);
        }
        else
        {
            _ = Libc.FLock(handle, ReleaseOperation);
        }
    }

    public void Dispose()
    {
        Release();
        if (ownsHandle)
        {
            handle.Dispose();
        }
    }

    private bool TryFLock(int operation)
    {
        while (Libc.FLock(handle, operation) != 0)
        {
            int error = Marshal.GetLastPInvokeError();
            if (error == ErrorNumber.WouldBlock)
            {
                return false;
            }

            if (error != ErrorNumber.Interrupted)
            {
                throw new SystemCallException("flock", path, error);
            }
        }

        return true;
    }

    private bool TryTakeWindows(uint flags)
    {
        Kernel32.Overlapped place = new() { OffsetHigh = WindowsOffsetHigh };
        if (Kernel32.LockFileEx(handle, flags, 0, 1, 0, ref place))
        {
            return true;
        }

        int error = Marshal.GetLastPInvokeError();
        return error == WindowsLockViolation ? false : throw new SystemCallException("LockFileEx", path, error);
    }
}
