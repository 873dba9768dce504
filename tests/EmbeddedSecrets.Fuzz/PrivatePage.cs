using EmbeddedSecrets.Repositories.Log;

namespace EmbeddedSecrets.Fuzz;

/// <summary>Makes pages that nobody else maps.</summary>
internal static unsafe class PrivatePage
{
    public static SharedPage Create()
    {
        byte[] memory = GC.AllocateArray<byte>(SharedPage.Size, pinned: true);
        return new SharedPage((long*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref memory[0]), memory, isReadOnly: false, new PrivateLock(), static () => true, static () => { });
    }
}
