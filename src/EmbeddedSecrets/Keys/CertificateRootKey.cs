using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Errors;

namespace EmbeddedSecrets.Keys;

/// <summary>A root key that is the RSA key of a certificate: the public part wraps, the private part opens (DESIGN K10).</summary>
/// <remarks>
/// <code>
///  0        1                                       33                                     33 + modulus
///  | format | SHA-256( SubjectPublicKeyInfo ) 32    | RSA-OAEP-SHA256( fresh key 32 )      | sealed slot key 124, see WrappedSlot
/// </code>
/// The hash finds the slot among those of other certificates before the private key, perhaps on a token, is asked. A
/// certificate that was renewed with the same key has the same hash.
/// </remarks>
internal sealed class CertificateRootKey : IRootKey
{
    public const string SlotKind = "x509-rsa";
    public const int MinKeyBits = 3072;
    public const int MaxKeyBits = 16_384;

    private const byte Format = 1;
    private const int HashOffset = 1;
    private const int WrappedOffset = HashOffset + SHA256.HashSizeInBytes;

    private readonly X509Certificate2 _certificate;
    private readonly Func<X509Certificate2, RSA?> _openPrivateKey;
    private readonly byte[] _hash;
    private readonly int _modulusLength;

    public CertificateRootKey(X509Certificate2 certificate)
        : this(certificate, static source => source.GetRSAPrivateKey())
    {
    }

    /// <summary>For private keys that fail, such as those of a token that was pulled out.</summary>
    internal CertificateRootKey(X509Certificate2 certificate, Func<X509Certificate2, RSA?> openPrivateKey)
    {
        using RSA key = certificate.GetRSAPublicKey()
            ?? throw new ArgumentException("The certificate holds no RSA key. Make one with an RSA key of at least 3072 bits.", nameof(certificate));
        if (key.KeySize is < MinKeyBits or > MaxKeyBits)
        {
            throw new ArgumentException(
                $"The RSA key of the certificate has {key.KeySize} bits; a root key has {MinKeyBits} to {MaxKeyBits}. Make a certificate with a new RSA key of 3072 or 4096 bits.",
                nameof(certificate));
        }

        _certificate = certificate;
        _openPrivateKey = openPrivateKey;
        _hash = SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo());
        _modulusLength = (key.KeySize + 7) / 8;
    }

    public string Kind => SlotKind;

    public bool CompletesSynchronously => true;

    private int SlotLength => WrappedOffset + _modulusLength + WrappedSlot.SealedLength;

    public ValueTask<byte[]> WrapAsync(ReadOnlyMemory<byte> slotKey, RootKeyContext context, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        byte[] slot = new byte[SlotLength];
        slot[0] = Format;
        _hash.CopyTo(slot, HashOffset);
        using var freshKey = new PinnedBytes(KeyLine.KeyLength);
        RandomNumberGenerator.Fill(freshKey.Span);
        try
        {
            using RSA publicKey = _certificate.GetRSAPublicKey()!;
            publicKey.Encrypt(freshKey.Span, slot.AsSpan(WrappedOffset, _modulusLength), RSAEncryptionPadding.OaepSHA256);
        }
        catch (CryptographicException exception)
        {
            throw KeyFailures.CertificateKeyUnavailable(context.StoreLocation, exception);
        }

        WrappedSlot.Seal(freshKey.Span, context.StoreId, Kind, slotKey.Span, slot);
        return new ValueTask<byte[]>(slot);
    }

    public ValueTask<bool> TryUnwrapAsync(ReadOnlyMemory<byte> slot, RootKeyContext context, Memory<byte> slotKey, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new ValueTask<bool>(TryOpen(slot.Span, context, slotKey.Span));
    }

    private bool TryOpen(ReadOnlySpan<byte> slot, RootKeyContext context, Span<byte> slotKey)
    {
        CryptographicOperations.ZeroMemory(slotKey);
        if (slot.Length != SlotLength || slot[0] != Format || !slot.Slice(HashOffset, _hash.Length).SequenceEqual(_hash))
        {
            return false;
        }

        using PinnedBytes? freshKey = TryDecrypt(slot.Slice(WrappedOffset, _modulusLength), context);
        return freshKey is not null && WrappedSlot.TryOpen(freshKey.Span, context.StoreId, Kind, slot, slotKey);
    }

    /// <summary>The fresh key in memory that the caller disposes; null when the ciphertext is none of this key.</summary>
    private PinnedBytes? TryDecrypt(ReadOnlySpan<byte> wrapped, RootKeyContext context)
    {
        try
        {
            using RSA privateKey = _openPrivateKey(_certificate) ?? throw KeyFailures.PrivateKeyMissing(context.StoreLocation);
            try
            {
                return Decrypt(privateKey, wrapped);
            }
            catch (CryptographicException)
            {
                // The platforms tell a bad ciphertext and a private key that fails by the same exception. One that was made
                // a moment ago tells them apart: what cannot open that either is not to blame on the slot.
                ProveThatItDecrypts(privateKey);
                return null;
            }
        }
        catch (Exception exception) when (exception is not SecretStoreException)
        {
            throw KeyFailures.CertificateKeyUnavailable(context.StoreLocation, exception);
        }
    }

    private PinnedBytes? Decrypt(RSA privateKey, ReadOnlySpan<byte> wrapped)
    {
        using var plaintext = new PinnedBytes(_modulusLength);
        return privateKey.TryDecrypt(wrapped, plaintext.Span, RSAEncryptionPadding.OaepSHA256, out int length) && length == KeyLine.KeyLength
            ? new PinnedBytes(plaintext.Span[..length])
            : null;
    }

    private void ProveThatItDecrypts(RSA privateKey)
    {
        using RSA publicKey = _certificate.GetRSAPublicKey()!;
        Span<byte> message = stackalloc byte[KeyLine.KeyLength];
        RandomNumberGenerator.Fill(message);
        byte[] wrapped = publicKey.Encrypt(message, RSAEncryptionPadding.OaepSHA256);
        using PinnedBytes? decrypted = Decrypt(privateKey, wrapped);
        if (decrypted is null || !decrypted.Span.SequenceEqual(message))
        {
            throw new CryptographicException("The private key does not decrypt what the public key of its certificate encrypts.");
        }
    }
}
