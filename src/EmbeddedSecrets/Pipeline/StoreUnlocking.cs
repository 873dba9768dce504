using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Envelope;
using EmbeddedSecrets.Errors;
using EmbeddedSecrets.Keys;
using EmbeddedSecrets.Records;

namespace EmbeddedSecrets.Pipeline;

/// <summary>
/// From a header to the store's own key, and back (DESIGN section 2, opening). The key of the store's records is a data key
/// like any other, wrapped by the provider; a ring keeps its state beside it.
/// </summary>
internal static class StoreUnlocking
{
    private const int KeyLength = 32;

    /// <summary>Makes the first header of a new store, and the cipher that goes with it.</summary>
    public static async ValueTask<(RepositoryHeader Header, StoreCipher Cipher)> CreateAsync(
        IKeyProvider provider, string location, CancellationToken cancellationToken)
    {
        UniqueId storeId = PublicRandom.NextId();
        byte[] ringState = provider is KeyRing ring
            ? await ring.CreateAsync(new RootKeyContext(storeId, location, IsNewStore: true), cancellationToken).ConfigureAwait(false)
            : [];

        try
        {
            return await CreateHeaderAsync(provider, storeId, ringState, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            (provider as KeyRing)?.Lock();
            throw;
        }
    }

    private static async ValueTask<(RepositoryHeader Header, StoreCipher Cipher)> CreateHeaderAsync(
        IKeyProvider provider, UniqueId storeId, byte[] ringState, CancellationToken cancellationToken)
    {
        using SecretMemory storeKey = SecretMemory.Rent(KeyLength);
        WrappedDataKey wrapped = await KeyProviderCalls.GenerateAsync(
            provider, EncryptionKeys.Store, AssociatedData.StoreKey(storeId), storeKey.Memory, cancellationToken).ConfigureAwait(false);
        var header = new RepositoryHeader(storeId, 1, new StoreHeader(ringState, wrapped).Encode());
        return (header, new StoreCipher(storeId, storeKey.Span));
    }

    /// <summary>Unlocks an existing store, or with a newer header again.</summary>
    [AsyncMethodBuilder(typeof(PrecompiledAsyncBuilder<>))]
    public static async ValueTask<StoreCipher> UnlockAsync(
        IKeyProvider provider, RepositoryHeader header, string location, bool isReload, CancellationToken cancellationToken)
    {
        StoreHeader content = StoreHeader.Decode(header.Content);
        if (provider is KeyRing ring)
        {
            var context = new RootKeyContext(header.StoreId, location, IsNewStore: false);
            if (isReload)
            {
                await ring.ReloadAsync(content.RingState, context, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                await ring.OpenAsync(content.RingState, context, cancellationToken).ConfigureAwait(false);
            }
        }

        using SecretMemory storeKey = SecretMemory.Rent(KeyLength);
        try
        {
            await UnwrapAsync(provider, header.StoreId, content.StoreKey, storeKey.Memory, location, cancellationToken).ConfigureAwait(false);
        }
        catch when (!isReload)
        {
            // Not when others are using it: one caller who gives up must not take the keys from all.
            (provider as KeyRing)?.Lock();
            throw;
        }

        return new StoreCipher(header.StoreId, storeKey.Span);
    }

    /// <summary>Wraps the store's own key again, under the current generation of its encryption key.</summary>
    public static async ValueTask<WrappedDataKey> RewrapAsync(
        IKeyProvider provider, UniqueId storeId, WrappedDataKey wrapped, string location, CancellationToken cancellationToken)
    {
        using SecretMemory storeKey = SecretMemory.Rent(KeyLength);
        await UnwrapAsync(provider, storeId, wrapped, storeKey.Memory, location, cancellationToken).ConfigureAwait(false);
        return await KeyProviderCalls.WrapAsync(provider, EncryptionKeys.Store, storeKey.Memory, AssociatedData.StoreKey(storeId), cancellationToken).ConfigureAwait(false);
    }

    private static ValueTask UnwrapAsync(
        IKeyProvider provider, UniqueId storeId, WrappedDataKey wrapped, Memory<byte> storeKey, string location, CancellationToken cancellationToken)
    {
        byte[] associatedData = AssociatedData.StoreKey(storeId);
        if (provider is not KeyRing ring)
        {
            return UnwrapByProviderAsync(provider, wrapped, associatedData, storeKey, location, cancellationToken);
        }

        try
        {
            KeyProviderCalls.Unwrap(ring, wrapped, associatedData, storeKey.Span, cancellationToken);
            return ValueTask.CompletedTask;
        }
        catch (AuthenticationTagMismatchException)
        {
            // The ring proved itself by opening.
            throw KeyFailures.Tampered();
        }
    }

    private static async ValueTask UnwrapByProviderAsync(
        IKeyProvider provider, WrappedDataKey wrapped, byte[] associatedData, Memory<byte> storeKey, string location, CancellationToken cancellationToken)
    {
        try
        {
            await KeyProviderCalls.UnwrapAsync(provider, wrapped, associatedData, storeKey, cancellationToken).ConfigureAwait(false);
        }
        catch (AuthenticationTagMismatchException)
        {
            // A provider of one's own has not yet shown that it holds the right keys.
            throw KeyFailures.WrongProvider(location);
        }
    }
}
