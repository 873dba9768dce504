using System.Security.Cryptography;

namespace EmbeddedSecrets.Benchmarks.Fixtures;

/// <summary>
/// The least that envelope encryption costs, with the BCL alone: a wrapped data key and a value, no associated data, no
/// commitment, no versions. The limit of a read, and what peers without encryption of their own store. For one thread.
/// </summary>
/// <remarks>
/// <code>
///  0        12              44       60       72               72 + n   + 16
///  | nonce  | wrapped key   | tag    | nonce  | encrypted value | tag   |
/// </code>
/// </remarks>
internal sealed class ReferenceEnvelope : IDisposable
{
    private const int NonceLength = 12;
    private const int KeyLength = 32;
    private const int TagLength = 16;
    private const int WrappedLength = NonceLength + KeyLength + TagLength;
    private const int Overhead = WrappedLength + NonceLength + TagLength;

    private readonly byte[] _key;
    private AesGcm? _instance;

    public ReferenceEnvelope(byte[]? key = null) => _key = key ?? RandomNumberGenerator.GetBytes(KeyLength);

    /// <summary>Another one for another thread, with the same key.</summary>
    public ReferenceEnvelope Copy() => new(_key);

    public byte[] Seal(ReadOnlySpan<byte> value)
    {
        byte[] message = new byte[Overhead + value.Length];
        Span<byte> dataKey = stackalloc byte[KeyLength];
        RandomNumberGenerator.Fill(dataKey);
        RandomNumberGenerator.Fill(message.AsSpan(0, NonceLength));
        RandomNumberGenerator.Fill(message.AsSpan(WrappedLength, NonceLength));
        AesGcm outer = Rent();
        outer.Encrypt(message.AsSpan(0, NonceLength), dataKey, message.AsSpan(NonceLength, KeyLength), message.AsSpan(NonceLength + KeyLength, TagLength));
        Volatile.Write(ref _instance, outer);
        using var inner = new AesGcm(dataKey, TagLength);
        Span<byte> rest = message.AsSpan(WrappedLength);
        inner.Encrypt(rest[..NonceLength], value, rest.Slice(NonceLength, value.Length), rest[(NonceLength + value.Length)..]);
        CryptographicOperations.ZeroMemory(dataKey);
        return message;
    }

    /// <summary>Opens into the caller's buffer.</summary>
    /// <returns>The length of the value.</returns>
    public int Open(ReadOnlySpan<byte> message, Span<byte> destination)
    {
        int length = message.Length - Overhead;
        Span<byte> dataKey = stackalloc byte[KeyLength];
        AesGcm outer = Rent();
        outer.Decrypt(message[..NonceLength], message.Slice(NonceLength, KeyLength), message.Slice(NonceLength + KeyLength, TagLength), dataKey);
        Volatile.Write(ref _instance, outer);
        using var inner = new AesGcm(dataKey, TagLength);
        ReadOnlySpan<byte> rest = message[WrappedLength..];
        inner.Decrypt(rest[..NonceLength], rest.Slice(NonceLength, length), rest[(NonceLength + length)..], destination[..length]);
        CryptographicOperations.ZeroMemory(dataKey);
        return length;
    }

    /// <summary>Opens what a single key has sealed, such as a record: no data key of its own.</summary>
    public void OpenFlat(ReadOnlySpan<byte> message, Span<byte> destination)
    {
        AesGcm outer = Rent();
        outer.Decrypt(message[..NonceLength], message[NonceLength..^TagLength], message[^TagLength..], destination[..(message.Length - NonceLength - TagLength)]);
        Volatile.Write(ref _instance, outer);
    }

    public byte[] SealFlat(ReadOnlySpan<byte> text)
    {
        byte[] message = RandomNumberGenerator.GetBytes(NonceLength + text.Length + TagLength);
        AesGcm outer = Rent();
        outer.Encrypt(message.AsSpan(0, NonceLength), text, message.AsSpan(NonceLength, text.Length), message.AsSpan(NonceLength + text.Length));
        Volatile.Write(ref _instance, outer);
        return message;
    }

    public void Dispose() => _instance?.Dispose();

    private AesGcm Rent() => Interlocked.Exchange(ref _instance, null) ?? new AesGcm(_key, TagLength);
}
