using System.Runtime.InteropServices;
using System.Security.Cryptography;
using EmbeddedSecrets.Buffers;

namespace EmbeddedSecrets.Envelope;

/// <summary>
/// A key derived from a long-lived one by a salt, with a few <see cref="AesGcm"/> instances that are rented exclusively: one
/// instance in two threads at once returns wrong texts as authentic (DESIGN K6). Counts its users, so that an evicted key is
/// zeroed only after the last of them.
/// </summary>
internal sealed class DerivedKey
{
    private const int InstanceCount = 4;

    private readonly PinnedBytes _key;
    private readonly AesGcm?[] _instances = new AesGcm?[InstanceCount];
    private int _users = 1;

    /// <summary>Takes over the key; the maker is the first user.</summary>
    public DerivedKey(Salt salt, PinnedBytes key)
    {
        Salt = salt;
        _key = key;
    }

    public Salt Salt { get; }

    /// <summary>Whether the key is still there; if so the caller is a user of it and must release it.</summary>
    public bool TryUse()
    {
        int users = Volatile.Read(ref _users);
        while (users > 0)
        {
            int seen = Interlocked.CompareExchange(ref _users, users + 1, users);
            if (seen == users)
            {
                return true;
            }

            users = seen;
        }

        return false;
    }

    public void Release()
    {
        if (Interlocked.Decrement(ref _users) != 0)
        {
            return;
        }

        foreach (AesGcm? instance in _instances)
        {
            instance?.Dispose();
        }

        _key.Dispose();
    }

    /// <summary>An instance that nobody else has; only between use and release.</summary>
    public AesGcm Rent()
    {
        for (int i = 0; i < InstanceCount; i++)
        {
            if (Volatile.Read(ref _instances[i]) is not null && Interlocked.Exchange(ref _instances[i], null) is { } instance)
            {
                return instance;
            }
        }

        return new AesGcm(_key.Span, CommittingCipher.TagLength);
    }

    public void GiveBack(AesGcm instance)
    {
        for (int i = 0; i < InstanceCount; i++)
        {
            if (Volatile.Read(ref _instances[i]) is null && Interlocked.CompareExchange(ref _instances[i], instance, null) is null)
            {
                return;
            }
        }

        instance.Dispose();
    }
}

/// <summary>32 bytes that name a derived key.</summary>
internal readonly record struct Salt(UInt128 High, UInt128 Low)
{
    public const int Length = 32;

    public static Salt Read(ReadOnlySpan<byte> bytes) => MemoryMarshal.Read<Salt>(bytes);

    public void Write(Span<byte> destination) => MemoryMarshal.Write(destination, this);
}
