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

    public static async ValueTask<SecretValue> OpenAsync(
        IKeyProvider provider, ValueContext context, WrappedDataKey wrapped, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        using SecretMemory dataKey = SecretMemory.Rent(DataKeyLength);
        try
        {
            await KeyProviderCalls.UnwrapAsync(
                provider, wrapped, ValueEnvelope.DataKeyAssociatedData(context), dataKey.Memory, cancellationToken).ConfigureAwait(false);
        }
        catch (AuthenticationTagMismatchException)
        {
            throw KeyFailures.Tampered();
        }

        return ValueEnvelope.Open(dataKey.Span, context, payload.Span);
    }
}
