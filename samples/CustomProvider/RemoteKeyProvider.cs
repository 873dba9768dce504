using System.Security.Cryptography;
using EmbeddedSecrets.Samples.CustomProvider.Service;

namespace EmbeddedSecrets.Samples.CustomProvider;

/// <summary>
/// A key provider whose keys live in a remote service. The store hands it data keys, one for each version of a secret; the
/// service wraps them and never sees a value.
/// </summary>
/// <remarks>
/// <para><b>Rotate</b> happens in the service: a new key version wraps from then on, and old ones must go on unwrapping. The
/// store is not told and need not be, since the service finds the version in the ciphertext (which is why
/// <see cref="WrappedDataKey.Generation"/> is 0 here). Nothing that is stored changes.</para>
/// <para><b>Rewrap</b> is unwrapping a data key and wrapping it again, so that it is under the newest version; the value itself
/// stays as it is. Before a key version is destroyed in the service, everything under it must have been rewrapped, or written
/// again, as this sample does: what is under a destroyed version is lost. The store's own key, whose wrapped form is in the
/// header, counts among it: never destroy a version of <see cref="EncryptionKeys.Store"/> that wrapped it.</para>
/// <para><b>Disable</b> happens in the service too, and takes effect with the next call: values under the key cannot be
/// read or written, and the store answers Rejected.Disabled until the key is enabled. Names, tags and versions stay readable,
/// since they are under the store's own key, which the store asks for once, when it opens. A process that is open keeps it: to
/// shut such a process out, disable the key and end the process. A store that caches data keys also goes on with those.</para>
/// </remarks>
internal sealed class RemoteKeyProvider(FakeKeyService service, TimeSpan pause) : IKeyProvider
{
    private const int Attempts = 3;

    /// <summary>A service in the network never answers before the call returns, so the store's synchronous members are refused.</summary>
    public bool CompletesSynchronously => false;

    public async ValueTask<WrappedDataKey> GenerateDataKeyAsync(string keyId, ReadOnlyMemory<byte> associatedData, Memory<byte> dataKey, CancellationToken cancellationToken = default)
    {
        RandomNumberGenerator.Fill(dataKey.Span);
        return await WrapAsync(keyId, dataKey, associatedData, cancellationToken);
    }

    public async ValueTask<WrappedDataKey> WrapAsync(string keyId, ReadOnlyMemory<byte> dataKey, ReadOnlyMemory<byte> associatedData, CancellationToken cancellationToken = default)
    {
        byte[] wrapped = await CallAsync(keyId, () => service.WrapAsync(keyId, dataKey, associatedData, cancellationToken), cancellationToken);
        return new WrappedDataKey(keyId, 0, wrapped);
    }

    public async ValueTask UnwrapAsync(WrappedDataKey wrapped, ReadOnlyMemory<byte> associatedData, Memory<byte> dataKey, CancellationToken cancellationToken = default)
    {
        string keyId = wrapped.KeyId;
        byte[] plaintext = await CallAsync(keyId, () => service.UnwrapAsync(keyId, wrapped.Ciphertext, associatedData, cancellationToken), cancellationToken);
        try
        {
            plaintext.CopyTo(dataKey);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plaintext);
        }
    }

    /// <summary>
    /// Asks again where the service is busy, and tells its refusals apart. Only what is not authentic may be an
    /// <see cref="AuthenticationTagMismatchException"/>: the store reports that as tampering. What stands in the way of a key is said
    /// with <see cref="SecretUnavailableException.ForKey"/>. Everything else may pass through; the store makes
    /// Rejected.Unavailable of it. A cancellation stays one.
    /// </summary>
    private async Task<byte[]> CallAsync(string keyId, Func<Task<byte[]>> call, CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return await call();
            }
            catch (KeyServiceException refusal) when (refusal.Fault == KeyServiceFault.Busy && attempt < Attempts)
            {
                await Task.Delay(pause * attempt, cancellationToken);
            }
            catch (KeyServiceException refusal)
            {
                throw refusal.Fault switch
                {
                    KeyServiceFault.InvalidCiphertext => new AuthenticationTagMismatchException(refusal.Message, refusal),
                    KeyServiceFault.KeyNotFound => SecretUnavailableException.ForKey(keyId, UnavailabilityReason.KeyNotFound, refusal),
                    KeyServiceFault.KeyDisabled => SecretUnavailableException.ForKey(keyId, UnavailabilityReason.KeyDisabled, refusal),
                    KeyServiceFault.KeyPendingDeletion => SecretUnavailableException.ForKey(keyId, UnavailabilityReason.KeyPendingDeletion, refusal),
                    _ => SecretUnavailableException.ForKey(keyId, UnavailabilityReason.KeyUnavailable, refusal),
                };
            }
        }
    }
}
