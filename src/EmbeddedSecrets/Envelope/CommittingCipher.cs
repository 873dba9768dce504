using System.Security.Cryptography;
using EmbeddedSecrets.Buffers;

namespace EmbeddedSecrets.Envelope;

/// <summary>
/// AES-256-GCM that commits to its key (DESIGN K4): 32 zero bytes stand before the plaintext and must be there after opening,
/// so that no ciphertext opens under two keys. The <see cref="AesGcm"/> given must not be in use by another thread.
/// </summary>
internal static class CommittingCipher
{
    public const int KeyLength = 32;
    public const int NonceLength = 12;
    public const int TagLength = 16;
    public const int CommitmentLength = 32;

    /// <summary>Encrypts a buffer that begins with the zeros. <paramref name="destination"/> gets ciphertext and tag.</summary>
    public static void Seal(AesGcm cipher, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> padded, ReadOnlySpan<byte> associatedData, Span<byte> destination) =>
        cipher.Encrypt(nonce, padded, destination[..padded.Length], destination.Slice(padded.Length, TagLength), associatedData);

    /// <summary>Opens ciphertext and tag into a buffer that begins with the zeros; zeroes it when it does not open.</summary>
    public static bool TryOpen(AesGcm cipher, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> message, ReadOnlySpan<byte> associatedData, Span<byte> padded)
    {
        try
        {
            cipher.Decrypt(nonce, message[..padded.Length], message[padded.Length..], padded, associatedData);
        }
        catch (AuthenticationTagMismatchException)
        {
            CryptographicOperations.ZeroMemory(padded);
            return false;
        }

        if (HasCommitment(padded))
        {
            return true;
        }

        CryptographicOperations.ZeroMemory(padded);
        return false;
    }

    /// <summary>
    /// Whether the first 32 bytes are zero, in a time that does not depend on them: one branch, on all their bits together.
    /// <see cref="CryptographicOperations.FixedTimeEquals"/> goes byte by byte in code that is never optimized, 0.2 µs for these.
    /// </summary>
    private static bool HasCommitment(ReadOnlySpan<byte> padded)
    {
        ulong bits = LittleEndian.ReadUInt64(padded, 0) | LittleEndian.ReadUInt64(padded, 8) | LittleEndian.ReadUInt64(padded, 16) | LittleEndian.ReadUInt64(padded, 24);
        return bits == 0;
    }
}
