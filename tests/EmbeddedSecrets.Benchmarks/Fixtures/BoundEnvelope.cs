using System.Security.Cryptography;

namespace EmbeddedSecrets.Benchmarks.Fixtures;

/// <summary>
/// The limit with what DESIGN K2 and K4 ask of an envelope, and nothing else of the product: both messages are bound to
/// associated data, and commit to their key by 32 zero bytes in front. What no store can do without that keeps these rules.
/// For one thread, sealing too.
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

    private const int NoncesAtOnce = 256;

    private readonly byte[] _keyBinding;
    private readonly byte[] _valueBinding;
    private readonly byte[] _key;
    private readonly AesGcm _outer;
    private readonly byte[] _nonces = new byte[NoncesAtOnce * NonceLength];
    private int _nextNonce = NoncesAtOnce;
    private byte[] _padded = [];
    private byte[] _put = [];

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
        Seal(value, message);
        return message;
    }

    /// <summary>
    /// The four messages of a put, as fast as they are to be had: one room for all of them, nonces drawn many at once, nothing
    /// allocated but the instance of the data key. The answer is good until the next call.
    /// </summary>
    public ReadOnlySpan<byte> SealPut(ReadOnlySpan<byte> value, ReadOnlySpan<byte> record, ReadOnlySpan<byte> index)
    {
        int valueEnd = Overhead + value.Length;
        int recordEnd = valueEnd + NonceLength + ZerosLength + record.Length + TagLength;
        int end = recordEnd + NonceLength + index.Length + TagLength;
        if (_put.Length < end)
        {
            _put = new byte[end];
        }

        Seal(value, _put.AsSpan(0, valueEnd));
        SealWith(_outer, Padded(record), _valueBinding, _put.AsSpan(valueEnd..recordEnd));
        SealWith(_outer, index, _valueBinding, _put.AsSpan(recordEnd..end));
        return _put.AsSpan(0, end);
    }

    private void Seal(ReadOnlySpan<byte> value, Span<byte> message)
    {
        Span<byte> padded = stackalloc byte[PaddedKeyLength];
        padded[..ZerosLength].Clear();
        Span<byte> dataKey = padded[ZerosLength..];
        RandomNumberGenerator.Fill(dataKey);
        SealWith(_outer, padded, _keyBinding, message);
        using var inner = new AesGcm(dataKey, TagLength);
        CryptographicOperations.ZeroMemory(dataKey);
        SealWith(inner, Padded(value), _valueBinding, message[WrappedLength..]);
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
        byte[] message = new byte[NonceLength + ZerosLength + text.Length + TagLength];
        SealWith(_outer, Padded(text), _valueBinding, message);
        return message;
    }

    /// <summary>Opens what <see cref="SealFlat"/> has sealed, into a buffer that is 32 bytes longer than the text.</summary>
    public void OpenFlat(ReadOnlySpan<byte> message, Span<byte> destination)
    {
        _outer.Decrypt(message[..NonceLength], message[NonceLength..^TagLength], message[^TagLength..], destination[..(message.Length - NonceLength - TagLength)], _valueBinding);
        CheckZeros(destination);
    }

    public void Dispose() => _outer.Dispose();

    /// <summary>The text behind the zeros; good until the next call.</summary>
    private ReadOnlySpan<byte> Padded(ReadOnlySpan<byte> text)
    {
        if (_padded.Length < ZerosLength + text.Length)
        {
            _padded = new byte[ZerosLength + text.Length];
        }

        text.CopyTo(_padded.AsSpan(ZerosLength));
        return _padded.AsSpan(0, ZerosLength + text.Length);
    }

    /// <summary>Nonce, ciphertext and tag.</summary>
    private void SealWith(AesGcm cipher, ReadOnlySpan<byte> text, ReadOnlySpan<byte> binding, Span<byte> message)
    {
        if (_nextNonce == NoncesAtOnce)
        {
            RandomNumberGenerator.Fill(_nonces);
            _nextNonce = 0;
        }

        _nonces.AsSpan(_nextNonce++ * NonceLength, NonceLength).CopyTo(message);
        cipher.Encrypt(message[..NonceLength], text, message.Slice(NonceLength, text.Length), message.Slice(NonceLength + text.Length, TagLength), binding);
    }

    private static void CheckZeros(ReadOnlySpan<byte> padded)
    {
        if (padded[..ZerosLength].IndexOfAnyExcept((byte)0) >= 0)
        {
            throw new CryptographicException("The message does not commit to its key.");
        }
    }
}
