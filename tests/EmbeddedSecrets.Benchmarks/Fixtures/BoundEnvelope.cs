using System.Security.Cryptography;

namespace EmbeddedSecrets.Benchmarks.Fixtures;

/// <summary>
/// The limit with what DESIGN K2 and K4 ask of an envelope, and nothing else of the product: both messages are bound to
/// associated data, and commit to their key by 32 zero bytes in front. What no store can do without that keeps these rules.
/// For one thread.
/// </summary>
/// <remarks>
/// <code>
///  0        12                            76       92       104                                  + 16
///  | nonce  | wrapped( 32 zeros | key )   | tag    | nonce  | encrypted( 32 zeros | value )      | tag |
/// </code>
/// </remarks>
internal sealed class BoundEnvelope : IDisposable
{
    /// <summary>The bytes in front of a value that commit to its key.</summary>
    public const int ZerosLength = 32;

    private const int NonceLength = 12;
    private const int KeyLength = 32;
    private const int TagLength = 16;
    private const int PaddedKeyLength = ZerosLength + KeyLength;
    private const int WrappedLength = NonceLength + PaddedKeyLength + TagLength;
    private const int Overhead = WrappedLength + NonceLength + ZerosLength + TagLength;

    /// <summary>As long as what the product binds a data key and a value with the names of the corpus to.</summary>
    private const int KeyBindingLength = 132;
    private const int ValueBindingLength = 92;

    private readonly byte[] _keyBinding;
    private readonly byte[] _valueBinding;
    private readonly byte[] _key;
    private readonly AesGcm _outer;

    public BoundEnvelope()
        : this(RandomNumberGenerator.GetBytes(KeyLength), RandomNumberGenerator.GetBytes(KeyBindingLength), RandomNumberGenerator.GetBytes(ValueBindingLength))
    {
    }

    private BoundEnvelope(byte[] key, byte[] keyBinding, byte[] valueBinding)
    {
        _key = key;
        _keyBinding = keyBinding;
        _valueBinding = valueBinding;
        _outer = new AesGcm(key, TagLength);
    }

    /// <summary>Another one for another thread, with the same key.</summary>
    public BoundEnvelope Copy() => new(_key, _keyBinding, _valueBinding);

    public byte[] Seal(ReadOnlySpan<byte> value)
    {
        byte[] message = new byte[Overhead + value.Length];
        Span<byte> padded = stackalloc byte[PaddedKeyLength];
        padded[..ZerosLength].Clear();
        Span<byte> dataKey = padded[ZerosLength..];
        RandomNumberGenerator.Fill(dataKey);
        RandomNumberGenerator.Fill(message.AsSpan(0, NonceLength));
        RandomNumberGenerator.Fill(message.AsSpan(WrappedLength, NonceLength));
        _outer.Encrypt(message.AsSpan(0, NonceLength), padded, message.AsSpan(NonceLength, PaddedKeyLength), message.AsSpan(NonceLength + PaddedKeyLength, TagLength), _keyBinding);
        using var inner = new AesGcm(dataKey, TagLength);
        CryptographicOperations.ZeroMemory(dataKey);
        SealValue(inner, value, message.AsSpan(WrappedLength));
        return message;
    }

    /// <summary>Opens into a buffer of the caller that is 32 bytes longer than the value, which begins behind them.</summary>
    public void Open(ReadOnlySpan<byte> message, Span<byte> destination)
    {
        using AesGcm inner = OpenKey(message);
        OpenValue(inner, message, destination);
    }

    /// <summary>The data key of a message, for who keeps it.</summary>
    public AesGcm OpenKey(ReadOnlySpan<byte> message)
    {
        Span<byte> padded = stackalloc byte[PaddedKeyLength];
        _outer.Decrypt(message[..NonceLength], message.Slice(NonceLength, PaddedKeyLength), message.Slice(NonceLength + PaddedKeyLength, TagLength), padded, _keyBinding);
        CheckZeros(padded);
        var inner = new AesGcm(padded[ZerosLength..], TagLength);
        CryptographicOperations.ZeroMemory(padded);
        return inner;
    }

    /// <summary>As <see cref="Open"/>, with the data key at hand.</summary>
    public void OpenValue(AesGcm inner, ReadOnlySpan<byte> message, Span<byte> destination)
    {
        ReadOnlySpan<byte> rest = message[WrappedLength..];
        int length = rest.Length - NonceLength - TagLength;
        inner.Decrypt(rest[..NonceLength], rest.Slice(NonceLength, length), rest[(NonceLength + length)..], destination[..length], _valueBinding);
        CheckZeros(destination);
    }

    /// <summary>Seals under the key itself, as a record is sealed: no data key of its own.</summary>
    public byte[] SealFlat(ReadOnlySpan<byte> text)
    {
        byte[] padded = new byte[ZerosLength + text.Length];
        text.CopyTo(padded.AsSpan(ZerosLength));
        byte[] message = RandomNumberGenerator.GetBytes(NonceLength + padded.Length + TagLength);
        _outer.Encrypt(message.AsSpan(0, NonceLength), padded, message.AsSpan(NonceLength, padded.Length), message.AsSpan(NonceLength + padded.Length), _valueBinding);
        return message;
    }

    /// <summary>Opens what <see cref="SealFlat"/> has sealed, into a buffer that is 32 bytes longer than the text.</summary>
    public void OpenFlat(ReadOnlySpan<byte> message, Span<byte> destination)
    {
        _outer.Decrypt(message[..NonceLength], message[NonceLength..^TagLength], message[^TagLength..], destination[..(message.Length - NonceLength - TagLength)], _valueBinding);
        CheckZeros(destination);
    }

    public void Dispose() => _outer.Dispose();

    private void SealValue(AesGcm inner, ReadOnlySpan<byte> value, Span<byte> rest)
    {
        byte[] padded = new byte[ZerosLength + value.Length];
        value.CopyTo(padded.AsSpan(ZerosLength));
        inner.Encrypt(rest[..NonceLength], padded, rest.Slice(NonceLength, padded.Length), rest[(NonceLength + padded.Length)..], _valueBinding);
    }

    private static void CheckZeros(ReadOnlySpan<byte> padded)
    {
        if (padded[..ZerosLength].IndexOfAnyExcept((byte)0) >= 0)
        {
            throw new CryptographicException("The message does not commit to its key.");
        }
    }
}
