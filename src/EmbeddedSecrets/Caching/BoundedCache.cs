using System.Diagnostics.CodeAnalysis;
using EmbeddedSecrets.Collections;

namespace EmbeddedSecrets.Caching;

/// <summary>
/// A cache with a bound on the sum of what its values cost. What was used since the hand last passed gets a second chance
/// (CLOCK). Reads take no lock and allocate nothing.
/// </summary>
internal sealed class BoundedCache<TKey, TValue>
    where TKey : IEquatable<TKey>
    where TValue : class
{
    private readonly HashTable<TKey, Slot> _slots = new();
    private readonly Lock _gate = new();
    private readonly Func<TValue, long> _cost;
    private readonly Action<TValue>? _onLeft;
    private readonly long _capacity;
    private Queue<Slot> _clock = new();
    private long _total;

    /// <summary>What leaves the cache, or never got into it because it costs too much, goes to <paramref name="onLeft"/>: once, under a lock.</summary>
    public BoundedCache(long capacity, Func<TValue, long> cost, Action<TValue>? onLeft = null)
    {
        _capacity = capacity;
        _cost = cost;
        _onLeft = onLeft;
    }

    public int Count => _slots.Count;

    /// <summary>Whether it has a capacity at all: else nothing need be made for it.</summary>
    public bool KeepsAny => _capacity > 0;

    /// <summary>Whether something has to leave for what comes next. Takes no lock, so it may be out of date.</summary>
    public bool IsFull => Volatile.Read(ref _total) >= _capacity;

    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        value = Find(key)?.Use();
        return value is not null;
    }

    /// <summary>The place of a value, for who comes back to it: one look-up less. Null when it is not here.</summary>
    public Slot? Find(TKey key)
    {
        return KeepsAny && _slots.TryGet(key, out Slot? slot) ? slot : null;
    }

    /// <summary>Keeps a value in the place of the one that was there.</summary>
    public void Set(TKey key, TValue value)
    {
        lock (_gate)
        {
            SetLocked(key, value);
        }
    }

    /// <summary>
    /// Keeps a value that was just read, unless another thread is at work in the cache: a reader waits for nobody, and the next
    /// one offers it again.
    /// </summary>
    /// <returns>Whether the cache has taken the value over.</returns>
    public bool TryOffer(TKey key, TValue value)
    {
        if (!KeepsAny || !_gate.TryEnter())
        {
            return false;
        }

        try
        {
            SetLocked(key, value);
            return true;
        }
        finally
        {
            _gate.Exit();
        }
    }

    /// <summary>
    /// Puts a value that costs as much in the place of one that is still there, unless another thread is at work in the cache.
    /// For caches that are not told what leaves.
    /// </summary>
    public void TryReplace(TKey key, TValue expected, TValue value)
    {
        System.Diagnostics.Debug.Assert(_onLeft is null, "The value that is replaced would leave without being told.");
        if (!_gate.TryEnter())
        {
            return;
        }

        try
        {
            if (Find(key) is { } slot && ReferenceEquals(slot.Value, expected))
            {
                slot.Value = value;
            }
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
            // One by one: whoever holds a place must find it empty.
            foreach (Slot slot in _clock)
            {
                RemoveLocked(slot.Key);
            }

            _slots.Clear();
            _clock.Clear();
            _total = 0;
        }
    }

    private void SetLocked(TKey key, TValue value)
    {
        long cost = _cost(value);
        RemoveLocked(key);
        if (cost > _capacity)
        {
            _onLeft?.Invoke(value);
            return;
        }

        if (_clock.Count > (2 * _slots.Count) + 16)
        {
            _clock = new Queue<Slot>(_clock.Where(static s => s.Value is not null));
        }

        var slot = new Slot(key, value, cost);

        // In this order, and nothing behind it that takes memory: where it runs out in between, nothing is in the table that no hand will ever pass.
        _clock.Enqueue(slot);
        _ = _slots.Set(key, slot, out _);
        _total += cost;
        while (_total > _capacity)
        {
            Evict();
        }
    }

    private void Evict()
    {
        Slot slot = _clock.Dequeue();
        if (slot.Value is null)
        {
            return;
        }

        if (slot.Used)
        {
            slot.Used = false;

            // Where it was is room for it: all that the table has is in the queue, also when memory runs out.
            _clock.Enqueue(slot);
            return;
        }

        RemoveLocked(slot.Key);
    }

    private void RemoveLocked(TKey key)
    {
        if (_slots.Remove(key, out Slot? slot))
        {
            _total -= slot.Cost;
            TValue? left = slot.Value;
            slot.Value = null;
            if (left is not null)
            {
                _onLeft?.Invoke(left);
            }
        }
    }

    /// <summary>The place of one value, or of those that replace it there, until it leaves the cache: then it is empty for ever.</summary>
    public sealed class Slot
    {
        internal readonly TKey Key;
        internal readonly long Cost;
        internal volatile TValue? Value;
        internal volatile bool Used;

        internal Slot(TKey key, TValue value, long cost)
        {
            Key = key;
            Cost = cost;
            Value = value;
        }

        /// <summary>The value, with its second chance renewed; null once it has left.</summary>
        public TValue? Use()
        {
            TValue? value = Value;

            // Written only when it changes, so that readers on several cores do not take the line from each other.
            if (value is not null && !Used)
            {
                Used = true;
            }

            return value;
        }
    }
}
