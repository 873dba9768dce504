using System.Buffers.Binary;
using System.Security.Cryptography;

namespace EmbeddedSecrets.Tests.Envelope;

/// <summary>
/// Makes what AES-GCM alone cannot exclude: one ciphertext with one tag that is authentic under two keys (Dodis, Grubbs,
/// Ristenpart, Woodage, "Fast message franking", CRYPTO 2018). The tag is linear in every block of the ciphertext, so one free
/// block is enough to make the tags of both keys equal.
/// </summary>
internal static class KeyCollision
{
    private const int BlockLength = 16;

    /// <summary>Sets the last block of the ciphertext, which has whole blocks only, and returns the common tag.</summary>
    public static byte[] Solve(byte[] firstKey, byte[] secondKey, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associatedData, Span<byte> ciphertext)
    {
        UInt128 firstHash = Encrypt(firstKey, UInt128.Zero);
        UInt128 secondHash = Encrypt(secondKey, UInt128.Zero);
        Span<byte> counter = stackalloc byte[BlockLength];
        nonce.CopyTo(counter);
        counter[^1] = 1;
        UInt128 start = BinaryPrimitives.ReadUInt128BigEndian(counter);

        ciphertext[^BlockLength..].Clear();
        UInt128 difference = Encrypt(firstKey, start) ^ Hash(firstHash, associatedData, ciphertext)
            ^ Encrypt(secondKey, start) ^ Hash(secondHash, associatedData, ciphertext);

        // The last block is multiplied by the square of the hash key: the block of the lengths comes after it.
        UInt128 factor = Multiply(firstHash, firstHash) ^ Multiply(secondHash, secondHash);
        BinaryPrimitives.WriteUInt128BigEndian(ciphertext[^BlockLength..], Multiply(difference, Inverse(factor)));

        byte[] tag = new byte[BlockLength];
        BinaryPrimitives.WriteUInt128BigEndian(tag, Encrypt(firstKey, start) ^ Hash(firstHash, associatedData, ciphertext));
        return tag;
    }

    private static UInt128 Encrypt(byte[] key, UInt128 block)
    {
        using var aes = Aes.Create();
        aes.Key = key;
        byte[] bytes = new byte[BlockLength];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, block);
        return BinaryPrimitives.ReadUInt128BigEndian(aes.EncryptEcb(bytes, PaddingMode.None));
    }

    /// <summary>GHASH of NIST SP 800-38D.</summary>
    private static UInt128 Hash(UInt128 hashKey, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> ciphertext)
    {
        UInt128 hash = Absorb(Absorb(0, hashKey, associatedData), hashKey, ciphertext);
        var lengths = new UInt128((ulong)associatedData.Length * 8, (ulong)ciphertext.Length * 8);
        return Multiply(hash ^ lengths, hashKey);
    }

    private static UInt128 Absorb(UInt128 hash, UInt128 hashKey, ReadOnlySpan<byte> bytes)
    {
        Span<byte> block = stackalloc byte[BlockLength];
        for (int offset = 0; offset < bytes.Length; offset += BlockLength)
        {
            block.Clear();
            bytes[offset..Math.Min(offset + BlockLength, bytes.Length)].CopyTo(block);
            hash = Multiply(hash ^ BinaryPrimitives.ReadUInt128BigEndian(block), hashKey);
        }

        return hash;
    }

    /// <summary>In GF(2^128) as GCM writes it: the highest bit is the coefficient of x^0.</summary>
    private static UInt128 Multiply(UInt128 left, UInt128 right)
    {
        var reduction = new UInt128(0xe100000000000000, 0);
        UInt128 product = 0;
        for (int bit = 127; bit >= 0; bit--)
        {
            if (((left >> bit) & 1) == 1)
            {
                product ^= right;
            }

            right = (right & 1) == 1 ? (right >> 1) ^ reduction : right >> 1;
        }

        return product;
    }

    /// <summary>The power 2^128 - 2.</summary>
    private static UInt128 Inverse(UInt128 value)
    {
        UInt128 power = value;
        UInt128 inverse = new UInt128(0x8000000000000000, 0);
        for (int bit = 1; bit < 128; bit++)
        {
            power = Multiply(power, power);
            inverse = Multiply(inverse, power);
        }

        return inverse;
    }
}
