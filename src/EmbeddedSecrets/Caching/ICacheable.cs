namespace EmbeddedSecrets.Caching;

/// <summary>
/// What a <see cref="BoundedCache{TKey, TValue}"/> keeps, found by a key. It is its own place in the cache: a read by random
/// keys waits for memory, so each object that it need not visit counts. A value is in one cache at a time.
/// </summary>
internal interface ICacheable<TKey> : ICacheable
{
    /// <summary>What it is found by. Never changes.</summary>
    TKey CacheKey { get; }

    /// <summary>How much of the capacity of the cache it takes. Never changes.</summary>
    long CacheCost { get; }
}

/// <summary>What a cache keeps in its order.</summary>
internal interface ICacheable
{
    /// <summary>The notes of the cache, in a field of the value; who uses a value without a look-up notes that there.</summary>
    ref CacheMark CacheMark { get; }

    /// <summary>It has left the cache, or never got into it because it costs too much. Called once, under a lock; not for a value that the cache did not take over.</summary>
    void OnLeft()
    {
    }
}

/// <summary>What a cache notes in a value.</summary>
internal struct CacheMark
{
    private volatile bool _isUsed;

    /// <summary>Whether the value is in the cache. This and its neighbours only under the lock of the cache.</summary>
    public bool IsKept { readonly get; set; }

    /// <summary>The neighbours in the order in which the hand passes; null at the ends.</summary>
    public ICacheable? Earlier { readonly get; set; }

    public ICacheable? Later { readonly get; set; }

    /// <summary>Gives the value a second chance. Safe for several threads at once.</summary>
    public void Use()
    {
        // Written only when it changes, so that readers on several cores do not take the line from each other.
        if (!_isUsed)
        {
            _isUsed = true;
        }
    }

    /// <summary>Takes the second chance: whether there was one.</summary>
    public bool TakeUse()
    {
        bool wasUsed = _isUsed;
        _isUsed = false;
        return wasUsed;
    }
}
