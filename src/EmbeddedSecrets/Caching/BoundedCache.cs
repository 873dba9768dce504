using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using EmbeddedSecrets.Collections;

namespace EmbeddedSecrets.Caching;

/// <summary>
/// A cache with a bound on the sum of what its values cost. What was used since the hand last passed gets a second chance
/// (CLOCK). Reads take no lock and allocate nothing.
/// </summary>
internal sealed class BoundedCache<TKey, TValue>(long capacity)
    where TKey : IEquatable<TKey>
    where TValue : class, ICacheable<TKey>
{
    private readonly HashTable<TKey, TValue> _values = new();
    private readonly Lock _gate = new();

    /// <summary>The ends of the order in which the hand passes the values.</summary>
    private ICacheable? _first;
    private ICacheable? _last;
    private long _total;

    public int Count => _values.Count;

    /// <summary>Whether it has a capacity at all: else nothing need be made for it.</summary>
    public bool KeepsAny => capacity > 0;

    /// <summary>Whether something has to leave for what comes next. Takes no lock, so it may be out of date.</summary>
    public bool IsFull => Volatile.Read(ref _total) >= capacity;

    /// <summary>Finds a value and gives it a second chance.</summary>
    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        if (!TryPeek(key, out value))
        {
            return false;
        }

        value.CacheMark.Use();
        return true;
    }

    /// <summary>Finds a value and leaves its chances as they are.</summary>
    public bool TryPeek(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        value = null;
        return KeepsAny && _values.TryGet(key, out value);
    }

    /// <summary>Keeps a value in the place of the one that was there.</summary>
    public void Set(TValue value)
    {
        lock (_gate)
        {
            SetLocked(value);
        }
    }

    /// <summary>Keeps a value that nobody has asked for, as one is that was just written: in the place of the one that was there, or where there is room. Nothing else leaves for it, where all cost the same.</summary>
    public void Keep(TValue value)
    {
        if (!KeepsAny)
        {
            return;
        }

        lock (_gate)
        {
            if (_total + value.CacheCost <= capacity || _values.TryGet(value.CacheKey, out _))
            {
                SetLocked(value);
            }
        }
    }

    /// <summary>
    /// Keeps a value that was just read, unless another thread is at work in the cache: a reader waits for nobody, and the next
    /// one offers it again.
    /// </summary>
    /// <returns>Whether the cache has taken the value over.</returns>
    public bool TryOffer(TValue value)
    {
        if (!KeepsAny || !_gate.TryEnter())
        {
            return false;
        }

        try
        {
            SetLocked(value);
            return true;
        }
        finally
        {
            _gate.Exit();
        }
    }

    /// <summary>As <see cref="TryOffer"/>, in the place of a value with the same key, if that is still there.</summary>
    /// <returns>Whether the cache has taken the value over.</returns>
    public bool TryReplace(TValue expected, TValue value)
    {
        Debug.Assert(expected.CacheKey.Equals(value.CacheKey), "One value stands in the place of another.");
        if (!_gate.TryEnter())
        {
            return false;
        }

        try
        {
            if (!expected.CacheMark.IsKept)
            {
                return false;
            }

            SetLocked(value);
            return true;
        }
        finally
        {
            _gate.Exit();
        }
    }

    public void Remove(TKey key)
    {
        if (KeepsAny)
        {
            lock (_gate)
            {
                RemoveLocked(key);
            }
        }
    }

    public void Clear()
    {
        lock (_gate)
        {
            // One by one: whoever uses a value must learn that it has left.
            while (_first is not null)
            {
                RemoveLocked(((TValue)_first).CacheKey);
            }

            _values.Clear();
        }
    }

    private void SetLocked(TValue value)
    {
        // A value has one place in the order: a second one would end it.
        if (value.CacheMark.IsKept)
        {
            return;
        }

        if (value.CacheCost > capacity)
        {
            RemoveLocked(value.CacheKey);
            value.OnLeft();
            return;
        }

        // First what takes memory: where there is none, nothing has changed.
        bool isReplaced = _values.Set(value.CacheKey, value, out TValue? before);
        value.CacheMark.IsKept = true;
        Append(value);
        _total += value.CacheCost;
        if (isReplaced)
        {
            LeaveLocked(before!);
        }

        while (_total > capacity)
        {
            Evict();
        }
    }

    private void Evict()
    {
        var value = (TValue)_first!;
        if (value.CacheMark.TakeUse())
        {
            Unlink(value);
            Append(value);
            return;
        }

        RemoveLocked(value.CacheKey);
    }

    private void RemoveLocked(TKey key)
    {
        if (_values.Remove(key, out TValue? value))
        {
            LeaveLocked(value);
        }
    }

    private void LeaveLocked(TValue value)
    {
        _total -= value.CacheCost;
        value.CacheMark.IsKept = false;
        Unlink(value);
        value.OnLeft();
    }

    private void Append(TValue value)
    {
        value.CacheMark.Earlier = _last;
        if (_last is null)
        {
            _first = value;
        }
        else
        {
            _last.CacheMark.Later = value;
        }

        _last = value;
    }

    private void Unlink(TValue value)
    {
        ref CacheMark mark = ref value.CacheMark;
        (ICacheable? earlier, ICacheable? later) = (mark.Earlier, mark.Later);
        (mark.Earlier, mark.Later) = (null, null);
        if (earlier is null)
        {
            _first = later;
        }
        else
        {
            earlier.CacheMark.Later = later;
        }

        if (later is null)
        {
            _last = earlier;
        }
        else
        {
            later.CacheMark.Earlier = earlier;
        }
    }
}
