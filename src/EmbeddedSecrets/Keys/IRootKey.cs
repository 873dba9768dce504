namespace EmbeddedSecrets;

/// <summary>
/// Wraps and unwraps slot keys: the smaller seam under <see cref="KeyRing"/>. A store has a slot for each of its root keys; the
/// slot's own random key, which opens the store, is wrapped by the root key. It is touched when a store is opened or its root
/// keys change, never by a read of a secret.
/// </summary>
/// <remarks>
/// Called by several threads at once. The caller owns every buffer that it passes. What is wrapped is always 32 bytes. A root
/// key that cannot be reached is a <see cref="SecretStoreException"/> (<c>Store.KeyMissing</c>,
/// <c>Store.InsecurePermissions</c>) or an exception of its own; only "this slot does not open under this key" is
/// <see langword="false"/>. A slot must be authenticated and key-committing, and parameters read from it that cost time must
/// have a floor and a ceiling (DESIGN K4, K10).
/// </remarks>
public interface IRootKey
{
    /// <summary>
    /// Gets the kind of the root key as it is written, in clear, beside its slots: 1 to 64 characters of
    /// <c>a-z 0-9 -</c>. Only slots of the same kind are tried.
    /// </summary>
    string Kind { get; }

    /// <summary>Gets a value indicating whether every call completes before it returns.</summary>
    bool CompletesSynchronously { get; }

    /// <summary>Wraps a 32-byte slot key into a new slot. May make the root key if <see cref="RootKeyContext.IsNewStore"/>.</summary>
    /// <param name="slotKey">The slot key, 32 bytes.</param>
    /// <param name="context">The store.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The slot, 1 to 4,096 bytes.</returns>
    ValueTask<byte[]> WrapAsync(ReadOnlyMemory<byte> slotKey, RootKeyContext context, CancellationToken cancellationToken = default);

    /// <summary>Tries to open a slot.</summary>
    /// <param name="slot">The slot as it was read: any bytes.</param>
    /// <param name="context">The store.</param>
    /// <param name="slotKey">Receives the slot key, 32 bytes; zeroed when the slot does not open.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether the slot opened.</returns>
    ValueTask<bool> TryUnwrapAsync(ReadOnlyMemory<byte> slot, RootKeyContext context, Memory<byte> slotKey, CancellationToken cancellationToken = default);
}
