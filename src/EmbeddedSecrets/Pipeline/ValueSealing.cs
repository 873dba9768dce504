using System.Security.Cryptography;
using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Envelope;
using EmbeddedSecrets.Errors;

namespace EmbeddedSecrets.Pipeline;

/// <summary>Envelope encryption of one value: a fresh data key from the provider, used once and cleared (DESIGN K1).</summary>
internal static class ValueSealing
{
    private const int DataKeyLength = 32;

    public static async ValueTask<(SealedContent Content, byte[] Payload)> SealAsync(
        IKeyProvider provider, string keyId, ValueContext context, SecretValue value, CancellationToken cancellationToken)
    {
        using SecretMemory dataKey = SecretMemory.Rent(DataKeyLength);
        WrappedDataKey wrapped = await KeyProviderCalls.GenerateAsync(
            provider, keyId, ValueEnvelope.DataKeyAssociatedData(context), dataKey.Memory, cancellationToken).ConfigureAwait(false);
        byte[] payload = ValueEnvelope.Seal(dataKey.Span, context, value.Span);
        return (new SealedContent(StoreUnlocking.RandomId(), payload.Length, wrapped), payload);
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

    public static async ValueTask<SecretValue> OpenAsync(
        IKeyProvider provider, ValueContext context, WrappedDataKey wrapped, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        using SecretMemory dataKey = SecretMemory.Rent(DataKeyLength);
        await UnwrapAsync(provider, wrapped, ValueEnvelope.DataKeyAssociatedData(context), dataKey.Memory, cancellationToken).ConfigureAwait(false);
        return ValueEnvelope.Open(dataKey.Span, context, payload.Span);
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
