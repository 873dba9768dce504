using EmbeddedSecrets.Files;
using EmbeddedSecrets.Interop;

namespace EmbeddedSecrets.Fuzz;

/// <summary>Makes pages that no other process maps.</summary>
internal static unsafe class PrivatePage
{
    public static SharedPage Create() => Create(GC.AllocateArray<byte>(SharedPage.Size, pinned: true), new PrivateLock());

    /// <summary>A page in pinned memory that others may be given too.</summary>
    public static SharedPage Create(byte[] memory, ISharedLock presence)
    {
        return new SharedPage((long*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref memory[0]), memory, isReadOnly: false, presence, static () => true, static () => { });
    }
}
