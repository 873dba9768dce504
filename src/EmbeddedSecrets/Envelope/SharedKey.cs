using System.Security.Cryptography;
using EmbeddedSecrets.Buffers;

namespace EmbeddedSecrets.Envelope;

/// <summary>
/// A key that several threads use, with a few <see cref="AesGcm"/> instances that are rented exclusively: one instance in two
/// threads at once returns wrong texts as authentic (DESIGN K6). Counts its holders: the last one that lets go zeroes it.
/// </summary>
/// <remarks>
/// Who rents an instance need not hold the key, for the instance has a copy. Renting and giving back therefore cost one
/// interlocked operation each, and a key that is let go meanwhile is noticed by whoever gives back.
/// </remarks>
internal abstract class SharedKey
{
    private readonly PinnedBytes _key;

    /// <summary>All but the first: most keys need one, and who reads by random keys waits for every object on the way.</summary>
    private readonly AesGcm?[] _others;
    private AesGcm? _first;
    private int _holders = 1;

    /// <summary>Takes over the key; the maker is the first holder.</summary>
    protected SharedKey(PinnedBytes key, int instanceCount)
    {
        _key = key;
        _others = instanceCount == 1 ? [] : new AesGcm?[instanceCount - 1];
    }

    private bool IsGone => Volatile.Read(ref _holders) == 0;

    /// <summary>Whether the key is still there; if so the caller is a holder of it and must release it.</summary>
    public bool TryHold()
    {
        int holders = Volatile.Read(ref _holders);
        while (holders > 0)
        {
            int seen = Interlocked.CompareExchange(ref _holders, holders + 1, holders);
            if (seen == holders)
            {
                return true;
            }

            holders = seen;
        }

        return false;
    }

    /// <summary>One holder less. The last one zeroes the key and disposes the instances that nobody has.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _holders) != 0)
        {
            return;
        }

        DisposeIdle();
        _key.Dispose();
        OnZeroed(_key);
    }

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

    /// <summary>The last holder has gone: the memory holds zeros and may be used again.</summary>
    protected virtual void OnZeroed(PinnedBytes key)
    {
    }

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
        if (!TryHold())
        {
            return null;
        }

        try
        {
            return new AesGcm(_key.Span, CommittingCipher.TagLength);
        }
        finally
        {
            Release();
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
