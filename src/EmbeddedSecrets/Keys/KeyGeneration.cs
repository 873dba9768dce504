using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Envelope;

namespace EmbeddedSecrets.Keys;

/// <summary>One generation of an encryption key; owned by the ring. It holds a key, so it is a class and prints nothing.</summary>
internal sealed class KeyGeneration(DateTimeOffset createTime, PinnedBytes key) : IDisposable
{
    public DateTimeOffset CreateTime => createTime;

    public PinnedBytes Key => key;

    /// <summary>What the associated data of every data key begins with that is wrapped under this generation, once one was.</summary>
    public byte[]? Front { get; set; }

    public DerivedCipher Cipher { get; } = new(key.Span, KeyPurposes.Wrap, commits: true);

    /// <summary>A generation with a new random key.</summary>
    public static KeyGeneration Generate(DateTimeOffset now)
    {
        var key = new PinnedBytes(CommittingCipher.KeyLength);
        System.Security.Cryptography.RandomNumberGenerator.Fill(key.Span);
        return new KeyGeneration(now, key);
    }

    /// <summary>The same key for another ring: a ring that is replaced zeroes its own.</summary>
    public KeyGeneration Copy() => new(createTime, new PinnedBytes(key.Span));

    public void Dispose()
    {
        Cipher.Dispose();
        key.Dispose();
    }
}
