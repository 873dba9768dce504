using System.Security.Cryptography;
using EmbeddedSecrets.Buffers;

namespace EmbeddedSecrets.Envelope;

/// <summary>
/// A key that several threads use, with a few <see cref="AesGcm"/> instances that are rented exclusively: one instance in two
/// threads at once returns wrong texts as authentic (DESIGN K6). Counts its holders: once the last one lets go it is gone, and
/// zeroed as soon as nobody is making an instance of it.
/// </summary>
/// <remarks>
/// Who rents an instance need not hold the key, for the instance has a copy. Renting and giving back therefore cost one
/// interlocked operation each, and a key that is let go meanwhile is noticed by whoever gives back.
/// </remarks>
internal abstract class SharedKey
{
    private const int Holder = 1;
    private const int Maker = 1 << 16;

    private readonly PinnedBytes _key;

    /// <summary>
    /// All instances but the first, which has a field of its own: most keys have one, and who reads by random keys waits for
    /// each object on the way, such as this array.
    /// </summary>
    private readonly AesGcm?[] _others;
    private AesGcm? _first;

    /// <summary>How many holders there are, in the lower half; in the upper one, how many are just making an instance.</summary>
    private int _users = Holder;

    /// <summary>Takes over the key; the maker is the first holder.</summary>
    protected SharedKey(PinnedBytes key, int instanceCount)
    {
        _key = key;
        _others = instanceCount == 1 ? [] : new AesGcm?[instanceCount - 1];
    }

    private bool IsGone => !HasHolder(Volatile.Read(ref _users));

    /// <summary>Whether the key is still there; if so the caller is a holder of it and must release it.</summary>
    public bool TryHold() => TryEnter(Holder);

    /// <summary>One holder less. After the last one nobody rents an instance any more.</summary>
    public void Release() => Leave(Holder);

    /// <summary>An instance that nobody else has, to be given back; null once the key is gone.</summary>
    public AesGcm? TryRent()
    {
        AesGcm? instance = TakeIdle();
        if (instance is null)
        {
            return TryMake();
        }

        // It may have been given back after the key was let go, and be on its way out.
        if (!IsGone)
        {
            return instance;
        }

        instance.Dispose();
        return null;
    }

    /// <summary>The same for a holder, for whom the key is there.</summary>
    public AesGcm Rent() => TryRent() ?? throw new InvalidOperationException("The key is gone: only its holders rent without asking.");

    public void GiveBack(AesGcm instance)
    {
        if (!TryKeep(instance))
        {
            instance.Dispose();
        }
        else if (IsGone)
        {
            // Either this sees that the key is gone, or the one who let it go saw the instance: both are behind a full fence.
            DisposeIdle();
        }
    }

    /// <summary>The memory holds zeros and may be used again.</summary>
    protected virtual void OnZeroed(PinnedBytes key)
    {
    }

    private static bool HasHolder(int users) => users > 0 && users % Maker != 0;

    private static AesGcm? Take(ref AesGcm? place) => Volatile.Read(ref place) is null ? null : Interlocked.Exchange(ref place, null);

    private static bool TryPut(ref AesGcm? place, AesGcm instance) =>
        Volatile.Read(ref place) is null && Interlocked.CompareExchange(ref place, instance, null) is null;

    private AesGcm? TakeIdle()
    {
        AesGcm? instance = Take(ref _first);
        for (int i = 0; instance is null && i < _others.Length; i++)
        {
            instance = Take(ref _others[i]);
        }

        return instance;
    }

    private bool TryKeep(AesGcm instance)
    {
        bool isKept = TryPut(ref _first, instance);
        for (int i = 0; !isKept && i < _others.Length; i++)
        {
            isKept = TryPut(ref _others[i], instance);
        }

        return isKept;
    }

    private AesGcm? TryMake()
    {
        if (!TryEnter(Maker))
        {
            return null;
        }

        try
        {
            return new AesGcm(_key.Span, CommittingCipher.TagLength);
        }
        finally
        {
            Leave(Maker);
        }
    }

    private bool TryEnter(int user)
    {
        int users = Volatile.Read(ref _users);
        while (HasHolder(users))
        {
            int seen = Interlocked.CompareExchange(ref _users, users + user, users);
            if (seen == users)
            {
                return true;
            }

            users = seen;
        }

        return false;
    }

    private void Leave(int user)
    {
        int users = Interlocked.Add(ref _users, -user);
        if (HasHolder(users))
        {
            return;
        }

        DisposeIdle();
        if (users == 0)
        {
            _key.Dispose();
            OnZeroed(_key);
        }
    }

    private void DisposeIdle()
    {
        while (TakeIdle() is { } instance)
        {
            instance.Dispose();
        }
    }
}
