namespace EmbeddedSecrets;

/// <summary>A data key as it is stored: encrypted under an encryption key. Immutable.</summary>
public sealed class WrappedDataKey
{
    /// <summary>The most bytes of <see cref="Ciphertext"/>: 4,096.</summary>
    public const int MaxCiphertextBytes = 4096;

    /// <summary>The most UTF-16 units of a key id: 256.</summary>
    public const int MaxKeyIdLength = 256;

    /// <summary>Makes a wrapped data key.</summary>
    /// <param name="keyId">The encryption key, 1 to 256 printable ASCII characters without spaces.</param>
    /// <param name="generation">The generation of the encryption key; 0 for a provider that keeps it inside the ciphertext.</param>
    /// <param name="ciphertext">The encrypted data key, 1 to 4,096 bytes. Not copied: nobody may change the bytes afterwards.</param>
    /// <exception cref="ArgumentException">The key id breaks its rule.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The generation is negative, or the ciphertext is empty or too long.</exception>
    public WrappedDataKey(string keyId, long generation, ReadOnlyMemory<byte> ciphertext)
    {
        CheckKeyId(keyId, nameof(keyId));
        ArgumentOutOfRangeException.ThrowIfNegative(generation);
        ArgumentOutOfRangeException.ThrowIfZero(ciphertext.Length, nameof(ciphertext));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ciphertext.Length, MaxCiphertextBytes, nameof(ciphertext));
        KeyId = keyId;
        Generation = generation;
        Ciphertext = ciphertext;
    }

    /// <summary>Gets the id of the encryption key.</summary>
    public string KeyId { get; }

    /// <summary>Gets the generation of the encryption key, or 0.</summary>
    public long Generation { get; }

    /// <summary>Gets the encrypted data key.</summary>
    public ReadOnlyMemory<byte> Ciphertext { get; }

    /// <summary>The rule of the ids of encryption keys, for all who are given one.</summary>
    internal static void CheckKeyId(string keyId, string parameter)
    {
        ArgumentNullException.ThrowIfNull(keyId, parameter);
        if (keyId.Length is < 1 or > MaxKeyIdLength)
        {
            throw new ArgumentException($"An encryption key id has 1 to {MaxKeyIdLength} characters; {keyId.Length} were given.", parameter);
        }

        int index = keyId.AsSpan().IndexOfAnyExceptInRange('!', '~');
        if (index >= 0)
        {
            throw new ArgumentException($"An encryption key id consists of printable ASCII characters without spaces; character {index + 1} is not one.", parameter);
        }
    }
}
