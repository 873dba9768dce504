namespace EmbeddedSecrets.Interop;

/// <summary>
/// A lock between the instances of a store, in this process and in others. It ends with its holder, however that ends, and
/// never fails open: what is not a plain "somebody else holds it" is an <see cref="IOException"/>.
/// </summary>
internal interface ISharedLock : IDisposable
{
    /// <summary>Takes the lock, or changes the kind of one that is held (not in one step), without waiting.</summary>
    /// <returns>False when somebody else holds it in a way that excludes this.</returns>
    bool TryTake(bool exclusive = true);

    /// <summary>Waits, in order of arrival, for the exclusive lock. The wait cannot be ended.</summary>
    void Take();

    void Release();
}
