using System.Security.Cryptography;
using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Collections;

namespace EmbeddedSecrets.Envelope;

/// <summary>
/// A long-lived key at work. It never encrypts by itself (DESIGN K5): each instance draws a salt, seals under the key derived
/// from it, at most 2^30 messages, then draws another. Safe for several threads at once; a read takes no lock.
/// </summary>
/// <remarks>
/// <code>
///  0         32          44                                              + 16
///  | salt 32 | nonce 12  | AES-256-GCM( [32 zero bytes |] message )      | tag |
/// </code>
/// The derived key is HKDF-SHA256(key, salt, purpose). The zeros are there where the cipher commits.
/// </remarks>
internal sealed class DerivedCipher : IDisposable
{
    /// <summary>By how many bytes a sealed message is longer, without the commitment.</summary>
    public const int PlainOverhead = CiphertextOffset + CommittingCipher.TagLength;

    /// <summary>By how many bytes a sealed message is longer, with the commitment.</summary>
    public const int CommittedOverhead = PlainOverhead + CommittingCipher.CommitmentLength;

    public const int MaxCachedKeys = 128;
    private const int DefaultMessagesPerSalt = 1 << 30;
    private const int CiphertextOffset = Salt.Length + CommittingCipher.NonceLength;

    private readonly PinnedBytes _key;
    private readonly byte[] _purpose;
    private readonly bool _commits;
    private readonly int _messagesPerSalt;
    private readonly Lock _gate = new();
    private readonly HashTable<Salt, DerivedKey> _readers = new();
    private readonly Queue<DerivedKey> _readerOrder = new();
    private DerivedKey? _writer;
    private int _written;
    private bool _isDisposed;

    /// <summary>Copies the key, 32 bytes.</summary>
    public DerivedCipher(ReadOnlySpan<byte> key, ReadOnlySpan<byte> purpose, bool commits, int messagesPerSalt = DefaultMessagesPerSalt)
    {
        _key = new PinnedBytes(key);
        _purpose = purpose.ToArray();
        _commits = commits;
        _messagesPerSalt = messagesPerSalt;
    }

    public int Overhead => _commits ? CommittedOverhead : PlainOverhead;

    public int CachedKeyCount => _readers.Count;

    /// <summary>Seals a message; the destination is exactly <see cref="Overhead"/> bytes longer.</summary>
    public void Seal(ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> associatedData, Span<byte> destination)
    {
        Span<byte> nonce = stackalloc byte[CommittingCipher.NonceLength];
        PublicRandom.Fill(nonce);
        DerivedKey key = UseWriter();
        try
        {
            SealWith(key, nonce, plaintext, associatedData, destination);
        }
        finally
        {
            key.Release();
        }
    }

    /// <summary>Seals under a given salt and nonce: for golden vectors only.</summary>
    internal void Seal(ReadOnlySpan<byte> salt, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> associatedData, Span<byte> destination)
    {
        DerivedKey key = Derive(Salt.Read(salt));
        try
        {
            SealWith(key, nonce, plaintext, associatedData, destination);
        }
        finally
        {
            key.Release();
        }
    }

    /// <summary>Opens a message of any length; the destination, exactly <see cref="Overhead"/> bytes shorter, is zeroed when it does not open.</summary>
    public bool TryOpen(ReadOnlySpan<byte> message, ReadOnlySpan<byte> associatedData, Span<byte> destination)
    {
        CheckLengths(destination.Length, message.Length);
        var salt = Salt.Read(message);
        if (_readers.TryGet(salt, out DerivedKey? cached) && cached.TryRent() is { } cipher)
        {
            return OpenAndGiveBack(cached, cipher, message, associatedData, destination);
        }

        return TryOpenFirst(salt, message, associatedData, destination);
    }

    /// <summary>Zeroes the key and, as soon as nobody holds them any more, the derived keys.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
            _writer?.Release();
            _writer = null;
            _readers.Clear();
            while (_readerOrder.TryDequeue(out DerivedKey? key))
            {
                key.Release();
            }

            _key.Dispose();
        }
    }

    /// <summary>Opens a message under a salt that is not in the cache.</summary>
    private bool TryOpenFirst(Salt salt, ReadOnlySpan<byte> message, ReadOnlySpan<byte> associatedData, Span<byte> destination)
    {
        DerivedKey key = Derive(salt);
        try
        {
            bool isOpen = OpenAndGiveBack(key, key.Rent(), message, associatedData, destination);
            if (isOpen)
            {
                Remember(key);
            }

            return isOpen;
        }
        finally
        {
            key.Release();
        }
    }

    private void SealWith(DerivedKey key, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> associatedData, Span<byte> destination)
    {
        CheckLengths(plaintext.Length, destination.Length);
        key.Salt.Write(destination);
        nonce.CopyTo(destination[Salt.Length..]);
        Span<byte> sealedPart = destination[CiphertextOffset..];
        AesGcm cipher = key.Rent();
        try
        {
            if (_commits)
            {
                using var padded = new Scratch(CommittingCipher.CommitmentLength + plaintext.Length);
                plaintext.CopyTo(padded.Span[CommittingCipher.CommitmentLength..]);
                CommittingCipher.Seal(cipher, nonce, padded.Span, associatedData, sealedPart);
            }
            else
            {
                cipher.Encrypt(nonce, plaintext, sealedPart[..plaintext.Length], sealedPart[plaintext.Length..], associatedData);
            }
        }
        finally
        {
            key.GiveBack(cipher);
        }
    }

    private bool OpenAndGiveBack(DerivedKey key, AesGcm cipher, ReadOnlySpan<byte> message, ReadOnlySpan<byte> associatedData, Span<byte> destination)
    {
        try
        {
            ReadOnlySpan<byte> nonce = message.Slice(Salt.Length, CommittingCipher.NonceLength);
            ReadOnlySpan<byte> sealedPart = message[CiphertextOffset..];
            if (!_commits)
            {
                return TryDecrypt(cipher, nonce, sealedPart, associatedData, destination);
            }

            using var padded = new Scratch(CommittingCipher.CommitmentLength + destination.Length);
            bool isOpen = CommittingCipher.TryOpen(cipher, nonce, sealedPart, associatedData, padded.Span);
            padded.Span[CommittingCipher.CommitmentLength..].CopyTo(destination);
            return isOpen;
        }
        finally
        {
            key.GiveBack(cipher);
        }
    }

    private static bool TryDecrypt(AesGcm cipher, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> sealedPart, ReadOnlySpan<byte> associatedData, Span<byte> destination)
    {
        try
        {
            cipher.Decrypt(nonce, sealedPart[..destination.Length], sealedPart[destination.Length..], destination, associatedData);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            CryptographicOperations.ZeroMemory(destination);
            return false;
        }
    }

    private void CheckLengths(int plaintext, int message)
    {
        if (message < Overhead || message - Overhead != plaintext)
        {
            throw new ArgumentException($"A sealed message is exactly {Overhead} bytes longer than its plaintext.");
        }
    }

    /// <summary>The key to seal under, one message counted; the caller releases it.</summary>
    private DerivedKey UseWriter()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_writer is null || _written == _messagesPerSalt)
            {
                Span<byte> salt = stackalloc byte[Salt.Length];
                RandomNumberGenerator.Fill(salt);
                DerivedKey fresh = Derive(Salt.Read(salt));
                _writer?.Release();
                _writer = fresh;
                _written = 0;
            }

            _written++;
            bool isThere = _writer.TryHold();
            System.Diagnostics.Debug.Assert(isThere, "The cipher is a holder of its writing key.");
            return _writer;
        }
    }

    private DerivedKey Derive(Salt salt)
    {
        Span<byte> bytes = stackalloc byte[Salt.Length];
        salt.Write(bytes);
        var key = new PinnedBytes(CommittingCipher.KeyLength);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            HKDF.DeriveKey(HashAlgorithmName.SHA256, _key.Span, key.Span, bytes, _purpose);
        }

        return new DerivedKey(salt, key);
    }

    /// <summary>Only the key of an authentic message is kept, so that forged salts push nothing out.</summary>
    private void Remember(DerivedKey key)
    {
        lock (_gate)
        {
            if (_isDisposed || _readers.TryGet(key.Salt, out _))
            {
                return;
            }

            _ = _readers.Set(key.Salt, key, out _);
            bool isThere = key.TryHold();
            System.Diagnostics.Debug.Assert(isThere, "The caller is a holder of the key.");
            _readerOrder.Enqueue(key);
            if (_readerOrder.Count > MaxCachedKeys)
            {
                DerivedKey oldest = _readerOrder.Dequeue();
                _ = _readers.Remove(oldest.Salt, out _);
                oldest.Release();
            }
        }
    }
}
