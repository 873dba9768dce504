using System.Buffers.Binary;
using System.Security.Cryptography;

namespace EmbeddedSecrets.Samples.CustomProvider.Service;

/// <summary>
/// One key of the service with all its versions. The newest one wraps; each one unwraps what it wrapped. The version stands
/// in the ciphertext: u32 version | nonce 12 | ciphertext | tag 16.
/// </summary>
/// <remarks>
/// A real service keeps this in hardware and counts the messages of a version, since AES-GCM with random nonces bears 2^32
/// of them at most. This one lives as long as the program and does not count.
/// </remarks>
internal sealed class RemoteKey
{
    private const int KeyLength = 32;
    private const int NonceOffset = sizeof(uint);
    private const int NonceLength = 12;
    private const int TagLength = 16;
    private const int CiphertextOffset = NonceOffset + NonceLength;

    private readonly List<byte[]> _versions = [RandomNumberGenerator.GetBytes(KeyLength)];

    public KeyState State { get; set; }

    public int Version => _versions.Count;

    public void Rotate()
    {
        _versions.Add(RandomNumberGenerator.GetBytes(KeyLength));
    }

    public byte[] Wrap(ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> associatedData)
    {
        byte[] wrapped = new byte[CiphertextOffset + plaintext.Length + TagLength];
        Span<byte> nonce = wrapped.AsSpan(NonceOffset, NonceLength);
        BinaryPrimitives.WriteInt32LittleEndian(wrapped, Version);
        RandomNumberGenerator.Fill(nonce);
        using var cipher = new AesGcm(_versions[^1], TagLength);
        cipher.Encrypt(nonce, plaintext, wrapped.AsSpan(CiphertextOffset, plaintext.Length), wrapped.AsSpan(CiphertextOffset + plaintext.Length), associatedData);
        return wrapped;
    }

    /// <summary>The plaintext and the version that unwrapped it, or null where the ciphertext is none of this key.</summary>
    public (byte[] Plaintext, int Version)? TryUnwrap(ReadOnlySpan<byte> wrapped, ReadOnlySpan<byte> associatedData)
    {
        if (wrapped.Length < CiphertextOffset + TagLength)
        {
            return null;
        }

        int version = BinaryPrimitives.ReadInt32LittleEndian(wrapped);
        if (version < 1 || version > Version)
        {
            return null;
        }

        byte[] plaintext = new byte[wrapped.Length - CiphertextOffset - TagLength];
        try
        {
            using var cipher = new AesGcm(_versions[version - 1], TagLength);
            cipher.Decrypt(wrapped.Slice(NonceOffset, NonceLength), wrapped[CiphertextOffset..^TagLength], wrapped[^TagLength..], plaintext, associatedData);
            return (plaintext, version);
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }
}
