using System.Security.Cryptography;
using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Errors;

namespace EmbeddedSecrets.Envelope;

/// <summary>The sealed form of a value.</summary>
/// <remarks>
/// <code>
///  0        1           13                                   13 + 32 + n        + 16
///  | format | nonce 12  | AES-256-GCM( 32 zero bytes | value ) | tag              |
/// </code>
/// </remarks>
internal static class ValueEnvelope
{
    /// <summary>By how many bytes a payload is longer than the value.</summary>
    public const int Overhead = 1 + 12 + 32 + 16;

    private const byte Format = 1;
    private const int NonceOffset = 1;
    private const int CiphertextOffset = NonceOffset + CommittingCipher.NonceLength;

    /// <summary>The associated data of the value (DESIGN K2), for sealing and opening.</summary>
    public static byte[] ValueAssociatedData(in ValueContext context)
    {
        var writer = new FieldWriter(stackalloc byte[AssociatedData.UsualLength]);
        AssociatedData.Value(ref writer, context);
        return writer.Written.ToArray();
    }

    /// <summary>The associated data of the wrapped data key: the same context in another domain.</summary>
    public static byte[] DataKeyAssociatedData(in ValueContext context)
    {
        var writer = new FieldWriter(stackalloc byte[AssociatedData.UsualLength]);
        AssociatedData.DataKey(ref writer, context);
        return writer.Written.ToArray();
    }

    /// <summary>Seals a value under a data key that is used for nothing else.</summary>
    public static byte[] Seal(ReadOnlySpan<byte> dataKey, in ValueContext context, ReadOnlySpan<byte> value)
    {
        Span<byte> nonce = stackalloc byte[CommittingCipher.NonceLength];
        PublicRandom.Fill(nonce);
        return Seal(dataKey, context, value, nonce);
    }

    /// <summary>Seals under a given nonce: for golden vectors only.</summary>
    internal static byte[] Seal(ReadOnlySpan<byte> dataKey, in ValueContext context, ReadOnlySpan<byte> value, ReadOnlySpan<byte> nonce)
    {
        byte[] payload = new byte[Overhead + value.Length];
        payload[0] = Format;
        nonce.CopyTo(payload.AsSpan(NonceOffset));

        var associatedData = new FieldWriter(stackalloc byte[AssociatedData.UsualLength]);
        AssociatedData.Value(ref associatedData, context);
        using SecretMemory padded = SecretMemory.Rent(CommittingCipher.CommitmentLength + value.Length);
        value.CopyTo(padded.Span[CommittingCipher.CommitmentLength..]);
        using var cipher = new AesGcm(dataKey, CommittingCipher.TagLength);
        CommittingCipher.Seal(cipher, nonce, padded.Span, associatedData.Written, payload.AsSpan(CiphertextOffset));
        return payload;
    }

    /// <summary>Opens a payload into a value that the caller owns. Everything that does not fit is the one Tampered failure.</summary>
    public static SecretValue Open(ReadOnlySpan<byte> dataKey, in ValueContext context, ReadOnlySpan<byte> payload)
    {
        using var cipher = new AesGcm(dataKey, CommittingCipher.TagLength);
        return Open(cipher, context, payload);
    }

    /// <summary>The same with associated data that is at hand.</summary>
    public static SecretValue Open(ReadOnlySpan<byte> dataKey, SecretValueKind kind, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> payload)
    {
        using var cipher = new AesGcm(dataKey, CommittingCipher.TagLength);
        return Open(cipher, kind, associatedData, payload);
    }

    /// <summary>The same with a cipher of the data key that nobody else uses meanwhile (DESIGN K6).</summary>
    public static SecretValue Open(AesGcm cipher, in ValueContext context, ReadOnlySpan<byte> payload)
    {
        var associatedData = new FieldWriter(stackalloc byte[AssociatedData.UsualLength]);
        AssociatedData.Value(ref associatedData, context);
        return Open(cipher, context.Kind, associatedData.Written, payload);
    }

    /// <summary>The same with both.</summary>
    public static SecretValue Open(AesGcm cipher, SecretValueKind kind, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> payload)
    {
        int length = payload.Length - Overhead;
        if (length is < 1 or > SecretValue.MaxBytes || payload[0] != Format)
        {
            throw KeyFailures.Tampered();
        }

        SecretMemory padded = SecretMemory.Rent(CommittingCipher.CommitmentLength + length);
        bool isOpen = false;
        try
        {
            isOpen = CommittingCipher.TryOpen(cipher, payload.Slice(NonceOffset, CommittingCipher.NonceLength), payload[CiphertextOffset..], associatedData, padded.Span);
        }
        finally
        {
            if (!isOpen)
            {
                padded.Dispose();
            }
        }

        return isOpen ? new SecretValue(kind, padded, CommittingCipher.CommitmentLength) : throw KeyFailures.Tampered();
    }
}
