using EmbeddedSecrets.Interop;

namespace EmbeddedSecrets.Fuzz;

/// <summary>A lock where nobody else can be.</summary>
internal sealed class PrivateLock : ISharedLock
{
    public bool TryTake(bool exclusive = true) => true;

    public void Take()
    {
    }

    public void Release()
    {
    }

    public void Dispose()
    {
    }
}
