using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace EmbeddedSecrets.Collections;

/// <summary>
/// A hash table for one writer at a time and readers that take no lock: an entry never changes, it is replaced. Unlike
/// <see cref="System.Collections.Concurrent.ConcurrentDictionary{TKey, TValue}"/>, which the compiler must make anew for each
/// struct of ours in every process, it is compiled ahead of time with the library: opening a store fills two of them.
/// </summary>
/// <remarks>Keys are random, or hashed with the key of the process as strings are: nobody can choose them to collide.</remarks>
internal sealed class HashTable<TKey, TValue> : IEnumerable<KeyValuePair<TKey, TValue>>
    where TKey : IEquatable<TKey>
{
    private const int SmallestSize = 32;

    /// <summary>At most, on average: a second one costs a comparison of hashes, and half of the buckets.</summary>
    private const int EntriesPerBucket = 2;

    /// <summary>Always a power of two of them.</summary>
    private Entry?[] _buckets = new Entry?[SmallestSize];
    private int _count;
    private bool _isPrivate;

    /// <summary>Makes a table; one that is private has no readers but its writer until <see cref="Publish"/>, and grows without new entries.</summary>
    public HashTable(bool isPrivate = false) => _isPrivate = isPrivate;

    public int Count => Volatile.Read(ref _count);

    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        int hash = key.GetHashCode();
        Entry?[] buckets = Volatile.Read(ref _buckets);
        for (Entry? entry = Volatile.Read(ref buckets[hash & (buckets.Length - 1)]); entry is not null; entry = entry.Next)
        {
            if (entry.Hash == hash && entry.Key.Equals(key))
            {
                value = entry.Value;
                return true;
            }
        }

        value = default;
        return false;
    }

    /// <summary>Called by the writer before anybody else reads.</summary>
    public void Publish() => _isPrivate = false;

    /// <summary>Adds or replaces.</summary>
    /// <returns>Whether there was a value before, which is in <paramref name="before"/>.</returns>
    public bool Set(TKey key, in TValue value, [MaybeNullWhen(false)] out TValue before)
    {
        int hash = key.GetHashCode();
        if (FindLink(key, hash, out Entry? previous) is { } found)
        {
            before = found.Value;
            Link(hash, previous, new Entry(key, hash, value, found.Next));
            return true;
        }

        if (_count >= EntriesPerBucket * _buckets.Length)
        {
            Grow();
        }

        ref Entry? bucket = ref _buckets[hash & (_buckets.Length - 1)];
        Volatile.Write(ref bucket, new Entry(key, hash, value, bucket));
        Volatile.Write(ref _count, _count + 1);
        before = default;
        return false;
    }

    /// <summary>Removes.</summary>
    /// <returns>Whether there was a value, which is in <paramref name="before"/>.</returns>
    public bool Remove(TKey key, [MaybeNullWhen(false)] out TValue before)
    {
        int hash = key.GetHashCode();
        if (FindLink(key, hash, out Entry? previous) is not { } found)
        {
            before = default;
            return false;
        }

        Link(hash, previous, found.Next);
        Volatile.Write(ref _count, _count - 1);
        before = found.Value;
        return true;
    }

    public void Clear()
    {
        Volatile.Write(ref _buckets, new Entry?[SmallestSize]);
        Volatile.Write(ref _count, 0);
    }

    /// <summary>The entries; what changes meanwhile may or may not be seen.</summary>
    public IEnumerator<KeyValuePair<TKey, TValue>> GetEnumerator()
    {
        Entry?[] buckets = Volatile.Read(ref _buckets);
        for (int i = 0; i < buckets.Length; i++)
        {
            for (Entry? entry = Volatile.Read(ref buckets[i]); entry is not null; entry = entry.Next)
            {
                yield return new KeyValuePair<TKey, TValue>(entry.Key, entry.Value);
            }
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The entry of a key, and the one that leads to it; null where the bucket itself does.</summary>
    private Entry? FindLink(TKey key, int hash, out Entry? previous)
    {
        previous = null;
        for (Entry? entry = _buckets[hash & (_buckets.Length - 1)]; entry is not null; entry = entry.Next)
        {
            if (entry.Hash == hash && entry.Key.Equals(key))
            {
                return entry;
            }

            previous = entry;
        }

        return null;
    }

    private void Link(int hash, Entry? previous, Entry? next)
    {
        if (previous is null)
        {
            Volatile.Write(ref _buckets[hash & (_buckets.Length - 1)], next);
        }
        else
        {
            previous.Next = next;
        }
    }

    /// <summary>With new entries, unless the table is private: whoever reads now follows the links of the old ones.</summary>
    private void Grow()
    {
        var grown = new Entry?[_buckets.Length * 2];
        foreach (Entry? bucket in _buckets)
        {
            Entry? next;
            for (Entry? entry = bucket; entry is not null; entry = next)
            {
                next = entry.Next;
                ref Entry? place = ref grown[entry.Hash & (grown.Length - 1)];
                if (_isPrivate)
                {
                    entry.Next = place;
                    place = entry;
                }
                else
                {
                    place = new Entry(entry.Key, entry.Hash, entry.Value, place);
                }
            }
        }

        Volatile.Write(ref _buckets, grown);
    }

    private sealed class Entry(TKey key, int hash, in TValue value, Entry? next)
    {
        public readonly TKey Key = key;
        public readonly TValue Value = value;
        public readonly int Hash = hash;
        public volatile Entry? Next = next;
    }
}
