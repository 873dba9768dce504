namespace EmbeddedSecrets;

/// <summary>KeyRing</summary>
public sealed class KeyRing : IKeyProvider, IDisposable
{
    /// <summary>Ctor</summary>
    public KeyRing(IRootKey rootKey) => throw new NotImplementedException();

    /// <inheritdoc/>
    public bool CompletesSynchronously => throw new NotImplementedException();

    /// <summary>Makes a new ring with the default key and the store's key, and its state for the header: slots and sealed ring. The ring is open afterwards.</summary>
    internal ValueTask<byte[]> CreateAsync(RootKeyContext context, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Opens the ring from its state. WrongKey, Tampered, Corrupt, UnsupportedFormat, KeyMissing. A ring that is open is replaced.</summary>
    internal ValueTask OpenAsync(ReadOnlyMemory<byte> state, RootKeyContext context, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Zeroes all keys; the ring can be opened again.</summary>
    internal void Lock() => throw new NotImplementedException();

    /// <inheritdoc/>
    public ValueTask<WrappedDataKey> GenerateDataKeyAsync(string keyId, ReadOnlyMemory<byte> associatedData, Memory<byte> dataKey, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <inheritdoc/>
    public ValueTask<WrappedDataKey> WrapAsync(string keyId, ReadOnlyMemory<byte> dataKey, ReadOnlyMemory<byte> associatedData, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <inheritdoc/>
    public ValueTask UnwrapAsync(WrappedDataKey wrapped, ReadOnlyMemory<byte> associatedData, Memory<byte> dataKey, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <inheritdoc/>
    public void Dispose() => throw new NotImplementedException();
}
