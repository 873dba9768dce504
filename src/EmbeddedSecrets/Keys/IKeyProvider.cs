namespace EmbeddedSecrets;

/// <summary>
/// Generates, wraps and unwraps data keys under named encryption keys. It never sees a secret's value. The default is
/// <see cref="KeyRing"/>; one's own may be a remote key service or an HSM.
/// </summary>
/// <remarks>
/// <para>Two key ids are always asked for: <see cref="EncryptionKeys.Store"/>, once, for the key of the store's own records,
/// and <see cref="SecretStoreOptions.DefaultEncryptionKeyId"/> for secrets that name no other. A provider with one key may
/// serve both with it.</para>
/// <para>Associated data: a data key unwraps only with exactly the bytes that it was wrapped with. A service without
/// associated data must bind them in another way, such as a hash inside the wrapped message.</para>
/// <para>Failures: a wrapped key that is not authentic, or was bound to other associated data, is an
/// <see cref="System.Security.Cryptography.AuthenticationTagMismatchException"/>, and nothing else is: only that is reported as
/// <c>Store.Tampered</c>. A key that cannot be used is <see cref="SecretUnavailableException.ForKey"/>. Every other exception
/// becomes <c>Rejected.Unavailable</c> with that exception inside, except <see cref="OperationCanceledException"/>.</para>
/// <para>Bytes: the caller owns every buffer it passes and may clear it when the call completes; a provider that keeps a data
/// key keeps a copy of its own and clears it. Data keys are 32 bytes. Called by several threads at once.</para>
/// </remarks>
public interface IKeyProvider
{
    /// <summary>Gets a value indicating whether every call completes before it returns, so that the synchronous members of <see cref="SecretStore"/> can be used.</summary>
    bool CompletesSynchronously { get; }

    /// <summary>Generates a fresh data key from a cryptographic random source and wraps it.</summary>
    /// <param name="keyId">The encryption key.</param>
    /// <param name="associatedData">What the data key is bound to.</param>
    /// <param name="dataKey">Receives the data key, 32 bytes.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The wrapped data key, its key id equal to <paramref name="keyId"/>.</returns>
    ValueTask<WrappedDataKey> GenerateDataKeyAsync(string keyId, ReadOnlyMemory<byte> associatedData, Memory<byte> dataKey, CancellationToken cancellationToken = default);

    /// <summary>Wraps a given data key, as rewrapping does.</summary>
    /// <param name="keyId">The encryption key.</param>
    /// <param name="dataKey">The data key, 32 bytes.</param>
    /// <param name="associatedData">What the data key is bound to.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The wrapped data key, its key id equal to <paramref name="keyId"/>.</returns>
    ValueTask<WrappedDataKey> WrapAsync(string keyId, ReadOnlyMemory<byte> dataKey, ReadOnlyMemory<byte> associatedData, CancellationToken cancellationToken = default);

    /// <summary>Unwraps a data key.</summary>
    /// <param name="wrapped">The wrapped data key as it was returned.</param>
    /// <param name="associatedData">What it was bound to.</param>
    /// <param name="dataKey">Receives the data key, 32 bytes; its content is undefined when the call fails.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>When the data key is in <paramref name="dataKey"/>.</returns>
    /// <exception cref="System.Security.Cryptography.AuthenticationTagMismatchException">The wrapped key is not authentic, or was bound to other associated data.</exception>
    ValueTask UnwrapAsync(WrappedDataKey wrapped, ReadOnlyMemory<byte> associatedData, Memory<byte> dataKey, CancellationToken cancellationToken = default);
}
