using System.Security.Cryptography;
using EmbeddedSecrets.Buffers;

namespace EmbeddedSecrets.Envelope;

/// <summary>
/// A key that several threads use, with a few <see cref="AesGcm"/> instances that are rented exclusively: one instance in two
/// threads at once returns wrong texts as authentic (DESIGN K6). Counts its users, so that a key that left its cache is zeroed
/// only after the last of them.
/// </summary>
internal abstract class SharedKey
{
    private readonly PinnedBytes _key;
    private readonly AesGcm?[] _instances;
    private int _users = 1;

    /// <summary>Takes over the key; the maker is the first user.</summary>
    protected SharedKey(PinnedBytes key, int instanceCount)
    {
        _key = key;
        _instances = new AesGcm?[instanceCount];
    }

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
        OnZeroed(_key);
    }

    /// <summary>An instance that nobody else has; only between use and release.</summary>
    public AesGcm Rent()
    {
        for (int i = 0; i < _instances.Length; i++)
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
        for (int i = 0; i < _instances.Length; i++)
        {
            if (Volatile.Read(ref _instances[i]) is null && Interlocked.CompareExchange(ref _instances[i], instance, null) is null)
            {
                return;
            }
        }

        instance.Dispose();
    }

    /// <summary>The last user has gone: the memory holds zeros and may be used again.</summary>
    protected virtual void OnZeroed(PinnedBytes key)
    {
    }
}
