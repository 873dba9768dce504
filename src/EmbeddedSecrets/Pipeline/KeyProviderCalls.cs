using System.Security.Cryptography;
using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Errors;

namespace EmbeddedSecrets.Pipeline;

/// <summary>
/// The calls of a key provider with its failures told apart (DESIGN K8): what is not authentic is tampering, what the
/// provider explains stays as it is, and everything else is a key that cannot be used now.
/// </summary>
internal static class KeyProviderCalls
{
    private const int DataKeyLength = 32;

    /// <summary>Generates a data key. The answer is copied, so that a provider may use its buffers again.</summary>
    public static async ValueTask<WrappedDataKey> GenerateAsync(
        IKeyProvider provider, string keyId, ReadOnlyMemory<byte> associatedData, Memory<byte> dataKey, CancellationToken cancellationToken)
    {
        using PinnedBytes? own = BufferFor(provider);
        WrappedDataKey wrapped;
        try
        {
            wrapped = await provider.GenerateDataKeyAsync(keyId, associatedData, own?.Memory ?? dataKey, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (IsForeign(exception, cancellationToken))
        {
            throw KeyFailures.KeyUnusable(keyId, UnavailabilityReason.KeyUnavailable, exception);
        }

        own?.Span.CopyTo(dataKey.Span);

        // A provider that forgot to fill in the key, or answered for another one, would make a secret that is lost or open.
        return dataKey.Length == DataKeyLength && !IsEmpty(dataKey.Span)
            ? CopyOf(wrapped, keyId)
            : throw KeyFailures.KeyUnusable(keyId, UnavailabilityReason.KeyUnavailable, null);
    }

    /// <summary>Wraps a data key that was unwrapped before, under another encryption key.</summary>
    public static async ValueTask<WrappedDataKey> WrapAsync(
        IKeyProvider provider, string keyId, ReadOnlyMemory<byte> dataKey, ReadOnlyMemory<byte> associatedData, CancellationToken cancellationToken)
    {
        using PinnedBytes? own = BufferFor(provider);
        if (own is not null)
        {
            dataKey.Span.CopyTo(own.Span);
        }

        try
        {
            return CopyOf(await provider.WrapAsync(keyId, own?.Memory ?? dataKey, associatedData, cancellationToken).ConfigureAwait(false), keyId);
        }
        catch (Exception exception) when (IsForeign(exception, cancellationToken))
        {
            throw KeyFailures.KeyUnusable(keyId, UnavailabilityReason.KeyUnavailable, exception);
        }
    }

    /// <summary>Unwraps a data key.</summary>
    /// <exception cref="AuthenticationTagMismatchException">The wrapped key is not authentic: the caller knows what that means.</exception>
    public static async ValueTask UnwrapAsync(
        IKeyProvider provider, WrappedDataKey wrapped, ReadOnlyMemory<byte> associatedData, Memory<byte> dataKey, CancellationToken cancellationToken)
    {
        using PinnedBytes? own = BufferFor(provider);
        try
        {
            await provider.UnwrapAsync(wrapped, associatedData, own?.Memory ?? dataKey, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not AuthenticationTagMismatchException && IsForeign(exception, cancellationToken))
        {
            throw KeyFailures.KeyUnusable(wrapped.KeyId, UnavailabilityReason.KeyUnavailable, exception);
        }

        own?.Span.CopyTo(dataKey.Span);
        RequireFilled(dataKey.Span, wrapped.KeyId);
    }

    /// <summary>Generates a data key from a ring, which answers on this thread and keeps nothing that it gives.</summary>
    public static WrappedDataKey Generate(
        KeyRing ring, string keyId, ReadOnlySpan<byte> associatedData, Span<byte> dataKey, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            return ring.GenerateDataKey(keyId, associatedData, dataKey);
        }
        catch (Exception exception) when (IsForeign(exception, cancellationToken))
        {
            throw KeyFailures.KeyUnusable(keyId, UnavailabilityReason.KeyUnavailable, exception);
        }
    }

    /// <summary>Unwraps a data key by a ring, which answers on this thread.</summary>
    /// <exception cref="AuthenticationTagMismatchException">The wrapped key is not authentic: the caller knows what that means.</exception>
    public static void Unwrap(
        KeyRing ring, WrappedDataKey wrapped, ReadOnlySpan<byte> associatedData, Span<byte> dataKey, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            ring.Unwrap(wrapped, associatedData, dataKey);
        }
        catch (Exception exception) when (exception is not AuthenticationTagMismatchException && IsForeign(exception, cancellationToken))
        {
            throw KeyFailures.KeyUnusable(wrapped.KeyId, UnavailabilityReason.KeyUnavailable, exception);
        }

        RequireFilled(dataKey, wrapped.KeyId);
    }

    /// <summary>
    /// A provider of one's own gets a buffer that is used for nothing else: a call that it gave up waiting for may still write
    /// to it, and a piece of a slab would by then hold somebody else's value.
    /// </summary>
    private static PinnedBytes? BufferFor(IKeyProvider provider)
    {
        return provider is KeyRing ? null : new PinnedBytes(DataKeyLength);
    }

    /// <summary>A copy, so that a provider may use its buffers again; it must be for the key that was asked for.</summary>
    private static WrappedDataKey CopyOf(WrappedDataKey? wrapped, string keyId)
    {
        return wrapped?.KeyId == keyId
            ? new WrappedDataKey(keyId, wrapped.Generation, wrapped.Ciphertext.ToArray())
            : throw KeyFailures.KeyUnusable(keyId, UnavailabilityReason.KeyUnavailable, null);
    }

    /// <summary>A provider that forgot to fill in the key has failed; what the zeros do not open must not be taken for tampering.</summary>
    private static void RequireFilled(ReadOnlySpan<byte> dataKey, string keyId)
    {
        if (IsEmpty(dataKey))
        {
            throw KeyFailures.KeyUnusable(keyId, UnavailabilityReason.KeyUnavailable, null);
        }
    }

    private static bool IsEmpty(ReadOnlySpan<byte> dataKey)
    {
        return dataKey.IndexOfAnyExcept((byte)0) < 0;
    }

    /// <summary>
    /// Only what says why a key cannot be used, and the caller's own cancellation, stay what they are: a provider's time-out is
    /// a cancelled task too, and one that keeps its keys in a store of its own may fail with that store's errors.
    /// </summary>
    private static bool IsForeign(Exception exception, CancellationToken cancellationToken)
    {
        return exception switch
        {
            SecretUnavailableException unavailable => !KeyFailures.IsAboutKey(unavailable.Reason),
            OperationCanceledException => !cancellationToken.IsCancellationRequested,
            _ => true,
        };
    }
}
