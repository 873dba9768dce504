using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Caching;
using EmbeddedSecrets.Envelope;
using EmbeddedSecrets.Errors;

namespace EmbeddedSecrets.Pipeline;

/// <summary>Envelope encryption of one value: a fresh data key from the provider, used for one encryption (DESIGN K1), and cleared unless a read keeps it in the cache.</summary>
internal static class ValueSealing
{
    private const int DataKeyLength = 32;

    /// <summary>Seals a value under a fresh data key.</summary>
    public static ValueTask<(SealedContent Content, byte[] Payload)> SealAsync(
        IKeyProvider provider, string keyId, in ValueContext context, SecretValue value, CancellationToken cancellationToken)
    {
        return provider is KeyRing ring
            ? new(Seal(ring, keyId, context, value, cancellationToken))
            : SealAsync(provider, keyId, context, ValueEnvelope.DataKeyAssociatedData(context), value, cancellationToken);
    }

    /// <summary>Wraps the data key of a version under another encryption key; the value is not touched (DESIGN K2).</summary>
    public static async ValueTask<SealedContent> RewrapAsync(
        IKeyProvider provider, string keyId, ValueContext context, SealedContent content, CancellationToken cancellationToken)
    {
        byte[] associatedData = ValueEnvelope.DataKeyAssociatedData(context);
        using SecretMemory dataKey = SecretMemory.Rent(DataKeyLength);
        await UnwrapAsync(provider, content.DataKey, associatedData, dataKey.Memory, cancellationToken).ConfigureAwait(false);
        WrappedDataKey wrapped = await KeyProviderCalls.WrapAsync(provider, keyId, dataKey.Memory, associatedData, cancellationToken).ConfigureAwait(false);
        return content with { DataKey = wrapped };
    }

    /// <summary>Opens a payload whose data key is in the cache; null when it is not.</summary>
    public static SecretValue? TryOpenCached(DataKeyCache cache, in ValueContext context, SealedContent content, ReadOnlySpan<byte> payload)
    {
        CachedDataKey? key = cache.Find(content);
        if (key?.TryRent() is not { } cipher)
        {
            return null;
        }

        try
        {
            return ValueEnvelope.Open(cipher, context, payload);
        }
        finally
        {
            key.GiveBack(cipher);
        }
    }

    /// <summary>Opens a payload whose associated data is at hand, with the data key from the cache or from the ring; null where neither is there.</summary>
    [SkipLocalsInit] // The associated data is written before it is read.
    public static SecretValue? TryOpenHot(DataKeyCache cache, KeyRing? ring, HotSecret hot, ReadOnlySpan<byte> payload)
    {
        if (hot.TryRent(cache, out CachedDataKey? key) is { } cipher)
        {
            try
            {
                return ValueEnvelope.Open(cipher, hot.Kind, hot.AssociatedData, payload);
            }
            finally
            {
                key!.GiveBack(cipher);
            }
        }

        if (ring is null)
        {
            return null;
        }

        long epoch = cache.Epoch;
        using var dataKey = new Scratch(DataKeyLength);
        Span<byte> associatedData = stackalloc byte[AssociatedData.UsualLength];
        if (hot.AssociatedData.Length > associatedData.Length)
        {
            return null;
        }

        associatedData = associatedData[..hot.AssociatedData.Length];
        AssociatedData.DataKeyOfValue(hot.AssociatedData, associatedData);
        ring.Unwrap(hot.KeyId, hot.Generation, hot.WrappedKey, associatedData, dataKey.Span);
        return cache.Admits()
            ? OpenAndKeep(dataKey.Span, cache, epoch, hot.Kind, hot.AssociatedData, hot.Version.Content!, payload)
            : ValueEnvelope.Open(dataKey.Span, hot.Kind, hot.AssociatedData, payload);
    }

    /// <summary>Opens a payload by its wrapped data key, which the cache then keeps.</summary>
    public static ValueTask<SecretValue> OpenAsync(
        IKeyProvider provider, DataKeyCache cache, in ValueContext context, SealedContent content, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        return provider is KeyRing ring
            ? new(Open(ring, cache, context, content, payload.Span, cancellationToken))
            : OpenAsync(provider, cache, context, ValueEnvelope.DataKeyAssociatedData(context), content, payload, cancellationToken);
    }

    private static async ValueTask<(SealedContent Content, byte[] Payload)> SealAsync(
        IKeyProvider provider, string keyId, ValueContext context, byte[] associatedData, SecretValue value, CancellationToken cancellationToken)
    {
        using SecretMemory dataKey = SecretMemory.Rent(DataKeyLength);
        WrappedDataKey wrapped = await KeyProviderCalls.GenerateAsync(provider, keyId, associatedData, dataKey.Memory, cancellationToken).ConfigureAwait(false);
        return SealWith(dataKey.Span, wrapped, context, value);
    }

    /// <summary>By a ring nothing is waited for, and the associated data stays on the stack.</summary>
    private static (SealedContent Content, byte[] Payload) Seal(
        KeyRing ring, string keyId, in ValueContext context, SecretValue value, CancellationToken cancellationToken)
    {
        using var dataKey = new Scratch(DataKeyLength);
        var associatedData = new FieldWriter(stackalloc byte[AssociatedData.UsualLength]);
        AssociatedData.DataKey(ref associatedData, context);
        WrappedDataKey wrapped = KeyProviderCalls.Generate(ring, keyId, associatedData.Written, dataKey.Span, cancellationToken);
        return SealWith(dataKey.Span, wrapped, context, value);
    }

    private static (SealedContent Content, byte[] Payload) SealWith(ReadOnlySpan<byte> dataKey, WrappedDataKey wrapped, in ValueContext context, SecretValue value)
    {
        byte[] payload = ValueEnvelope.Seal(dataKey, context, value.Span);
        return (new SealedContent(PublicRandom.NextId(), payload.Length, wrapped), payload);
    }

    private static async ValueTask<SecretValue> OpenAsync(
        IKeyProvider provider, DataKeyCache cache, ValueContext context, byte[] associatedData, SealedContent content, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        // Before the key is asked for: what is refused from now on must not get into the cache.
        long epoch = cache.Epoch;
        using SecretMemory dataKey = SecretMemory.Rent(DataKeyLength);
        await UnwrapAsync(provider, content.DataKey, associatedData, dataKey.Memory, cancellationToken).ConfigureAwait(false);
        return Open(dataKey.Span, cache, epoch, context, content, payload.Span);
    }

    /// <summary>By a ring nothing is waited for, and the associated data stays on the stack.</summary>
    private static SecretValue Open(
        KeyRing ring, DataKeyCache cache, in ValueContext context, SealedContent content, ReadOnlySpan<byte> payload, CancellationToken cancellationToken)
    {
        long epoch = cache.Epoch;
        using var dataKey = new Scratch(DataKeyLength);
        var associatedData = new FieldWriter(stackalloc byte[AssociatedData.UsualLength]);
        AssociatedData.DataKey(ref associatedData, context);
        try
        {
            KeyProviderCalls.Unwrap(ring, content.DataKey, associatedData.Written, dataKey.Span, cancellationToken);
        }
        catch (AuthenticationTagMismatchException)
        {
            throw KeyFailures.Tampered();
        }

        return Open(dataKey.Span, cache, epoch, context, content, payload);
    }

    /// <summary>Opens a payload by its data key, which the cache keeps where it has a place for it.</summary>
    private static SecretValue Open(
        ReadOnlySpan<byte> dataKey, DataKeyCache cache, long epoch, in ValueContext context, SealedContent content, ReadOnlySpan<byte> payload)
    {
        var associatedData = new FieldWriter(stackalloc byte[AssociatedData.UsualLength]);
        AssociatedData.Value(ref associatedData, context);
        return cache.Admits()
            ? OpenAndKeep(dataKey, cache, epoch, context.Kind, associatedData.Written, content, payload)
            : ValueEnvelope.Open(dataKey, context.Kind, associatedData.Written, payload);
    }

    /// <summary>The key is only kept once it has opened its payload.</summary>
    private static SecretValue OpenAndKeep(
        ReadOnlySpan<byte> dataKey, DataKeyCache cache, long epoch, SecretValueKind kind, ReadOnlySpan<byte> associatedData, SealedContent content, ReadOnlySpan<byte> payload)
    {
        CachedDataKey key = cache.Make(dataKey, content);
        SecretValue value;
        try
        {
            AesGcm cipher = key.Rent();
            try
            {
                value = ValueEnvelope.Open(cipher, kind, associatedData, payload);
            }
            finally
            {
                key.GiveBack(cipher);
            }
        }
        catch
        {
            key.Release();
            throw;
        }

        cache.Add(key, epoch);
        return value;
    }

    private static async ValueTask UnwrapAsync(
        IKeyProvider provider, WrappedDataKey wrapped, ReadOnlyMemory<byte> associatedData, Memory<byte> dataKey, CancellationToken cancellationToken)
    {
        try
        {
            await KeyProviderCalls.UnwrapAsync(provider, wrapped, associatedData, dataKey, cancellationToken).ConfigureAwait(false);
        }
        catch (AuthenticationTagMismatchException)
        {
            throw KeyFailures.Tampered();
        }
    }
}
