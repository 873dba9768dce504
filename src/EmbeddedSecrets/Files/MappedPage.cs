using System.Diagnostics.CodeAnalysis;
using System.IO.MemoryMappedFiles;
using EmbeddedSecrets.Interop;
using Microsoft.Win32.SafeHandles;

namespace EmbeddedSecrets.Files;

/// <summary>The shared page of a store on the disk. Its file is never replaced and never shortened: others have it mapped.</summary>
internal static unsafe class MappedPage
{
    /// <summary>Takes over the handle.</summary>
    /// <returns>Null where the file is too short and must not be made longer.</returns>
    [SuppressMessage("Reliability", "CA2000", Justification = "The memory stays mapped as long as a page is reachable; see SharedPage.")]
    public static SharedPage? Open(SafeFileHandle handle, string path, bool readOnly)
    {
        try
        {
            FileFacts facts = NativeFile.Examine(handle, path);
            if (facts.Length < SharedPage.Size)
            {
                if (readOnly)
                {
                    handle.Dispose();
                    return null;
                }

                // Real zeros, on the disk before they are mapped: touching a hole on a full disk kills the process.
                RandomAccess.Write(handle, new byte[SharedPage.Size - facts.Length], facts.Length);
                NativeFile.Flush(handle, path);
            }
            else if (!readOnly)
            {
                NativeFile.FillHoles(handle, path, SharedPage.Size);
            }

            MemoryMappedFileAccess access = readOnly ? MemoryMappedFileAccess.Read : MemoryMappedFileAccess.ReadWrite;
            var file = MemoryMappedFile.CreateFromFile(handle, null, capacity: 0, access, HandleInheritability.None, leaveOpen: true);
            MemoryMappedViewAccessor view = file.CreateViewAccessor(0, SharedPage.Size, access);
            file.Dispose();
            byte* memory = null;
            view.SafeMemoryMappedViewHandle.AcquirePointer(ref memory);
            return new SharedPage((long*)memory, view, readOnly, new FileLock(handle, path), () => IsInPlace(facts.Identity, path), LetGo(memory));
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    private static Action LetGo(byte* memory)
    {
        nint address = (nint)memory;
        return () => NativeFile.ReplaceMapping(address, SharedPage.Size);
    }

    private static bool IsInPlace(UniqueId? identity, string path) =>
        NativeFile.ExamineName(path) is { Length: >= SharedPage.Size } facts && facts.Identity == identity;
}
