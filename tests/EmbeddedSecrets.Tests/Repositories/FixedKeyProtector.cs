using System.Security.Cryptography;

namespace EmbeddedSecrets.Tests.Repositories;

/// <summary>A protector for tests: AES-256-GCM under a fixed key, in the layout that the interface draws.</summary>
public sealed class FixedKeyProtector(byte keyByte = 7) : IStoreProtector
{
    private const int SaltLength = 32;
    private const int NonceLength = 12;
    private readonly byte[] _key = Enumerable.Repeat(keyByte, 32).ToArray();

    public int Overhead => SaltLength + NonceLength + TagLength;

    public int TagLength => 16;

    public void Seal(ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> associatedData, Span<byte> destination)
    {
        RandomNumberGenerator.Fill(destination[..(SaltLength + NonceLength)]);
        using var cipher = new AesGcm(_key, TagLength);
        cipher.Encrypt(destination.Slice(SaltLength, NonceLength), plaintext, destination.Slice(SaltLength + NonceLength, plaintext.Length), destination[^TagLength..], Bind(destination, associatedData));
    }

    public bool TryOpen(ReadOnlySpan<byte> message, ReadOnlySpan<byte> associatedData, Span<byte> destination)
    {
        using var cipher = new AesGcm(_key, TagLength);
        try
        {
            cipher.Decrypt(message.Slice(SaltLength, NonceLength), message[(SaltLength + NonceLength)..^TagLength], message[^TagLength..], destination, Bind(message, associatedData));
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
    }

    /// <summary>The salt counts, although no key is derived from it here.</summary>
    private static byte[] Bind(ReadOnlySpan<byte> message, ReadOnlySpan<byte> associatedData) => [.. message[..SaltLength], .. associatedData];
}
