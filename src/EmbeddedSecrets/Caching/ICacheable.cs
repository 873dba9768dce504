namespace EmbeddedSecrets.Caching;

/// <summary>
/// What a <see cref="BoundedCache{TKey, TValue}"/> keeps. It is its own place in the cache: a read by random keys waits for
/// memory, so each object that it need not visit counts. In one cache at a time.
/// </summary>
internal interface ICacheable<TKey>
{
    /// <summary>What it is found by. Never changes.</summary>
    TKey CacheKey { get; }

    /// <summary>How much of the capacity of the cache it takes. The same for as long as it is there.</summary>
    long CacheCost { get; }

    /// <summary>A field that only the cache, and who uses the value without asking the cache for it, touches.</summary>
    ref CacheMark CacheMark { get; }

    /// <summary>It has left the cache, or never got into it because it costs too much. Called once, under a lock.</summary>
    void OnLeft()
    {
    }
}

/// <summary>What a cache notes in a value.</summary>
internal struct CacheMark
{
    private volatile bool _isKept;
    private volatile bool _isUsed;

    /// <summary>Whether the value is in the cache. Set under the lock of the cache.</summary>
    public bool IsKept
    {
        readonly get => _isKept;
        set => _isKept = value;
    }

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
