using System.Diagnostics.CodeAnalysis;

namespace EmbeddedSecrets.Collections;

/// <summary>
/// A hash table for one writer at a time and readers that take no lock: that of the caches. Unlike
/// <see cref="System.Collections.Concurrent.ConcurrentDictionary{TKey, TValue}"/>, which the compiler must make anew for each
/// struct of ours in every process, it is compiled ahead of time with the library; and its entries are structures in few
/// arrays, which give the collector little to visit.
/// </summary>
/// <remarks>
/// <para>An entry never changes while a chain leads to it: a value is replaced by a new entry in its place. An entry that no
/// chain leads to is counted in <see cref="_retired"/> before it is cleared and used again; a reader that meets another count
/// after its look-up may have seen such an entry, and looks again. So a reader never waits for a writer that stands still.</para>
/// <para>Keys are random, or hashed with the key of the process as strings are: nobody can choose them to collide.</para>
/// </remarks>
internal sealed class HashTable<TKey, TValue>
    where TKey : IEquatable<TKey>
{
    private const int SmallestCapacity = 64;

    private Chains _chains = new(SmallestCapacity);
    private int _count;

    /// <summary>How many entries were ever taken for the first time.</summary>
    private int _used;

    /// <summary>The first of the entries to use again, linked by the chains; 0 when there is none.</summary>
    private int _free;

    /// <summary>Counts the entries that no chain leads to any more; wraps around.</summary>
    private int _retired;

    public int Count => Volatile.Read(ref _count);

    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        int hash = key.GetHashCode();
        while (true)
        {
            int retired = Volatile.Read(ref _retired);
            bool isFound = Volatile.Read(ref _chains).TryGet(key, hash, out value);
            Volatile.ReadBarrier();
            if (_retired == retired)
            {
                return isFound;
            }
        }
    }

    /// <summary>Adds or replaces.</summary>
    /// <returns>Whether there was a value before, which is in <paramref name="before"/>.</returns>
    public bool Set(TKey key, in TValue value, [MaybeNullWhen(false)] out TValue before)
    {
        if (_free == 0 && _used == _chains.Capacity)
        {
            // With the entries where they are, all of them in use, and new chains: who reads now follows the old ones.
            Volatile.Write(ref _chains, new Chains(_chains));
        }

        int hash = key.GetHashCode();
        ref int link = ref _chains.FindLink(key, hash);
        if (link != 0)
        {
            int replaced = link;
            before = _chains[replaced].Value;
            Volatile.Write(ref link, Take(key, hash, value, _chains.NextOf(replaced)));
            Retire(replaced);
            return true;
        }

        ref int bucket = ref _chains.BucketOf(hash);
        Volatile.Write(ref bucket, Take(key, hash, value, bucket));
        Volatile.Write(ref _count, _count + 1);
        before = default;
        return false;
    }

    /// <summary>Removes.</summary>
    /// <returns>Whether there was a value, which is in <paramref name="before"/>.</returns>
    public bool Remove(TKey key, [MaybeNullWhen(false)] out TValue before)
    {
        ref int link = ref _chains.FindLink(key, key.GetHashCode());
        int removed = link;
        if (removed == 0)
        {
            before = default;
            return false;
        }

        before = _chains[removed].Value;
        Volatile.Write(ref link, _chains.NextOf(removed));
        Volatile.Write(ref _count, _count - 1);
        Retire(removed);
        return true;
    }

    public void Clear()
    {
        // Who reads now goes on in the arrays of before, which nobody writes any more.
        Volatile.Write(ref _chains, new Chains(SmallestCapacity));
        Volatile.Write(ref _count, 0);
        _used = 0;
        _free = 0;
    }

    /// <summary>An entry that is filled, and linked to its successor. No chain leads to it yet.</summary>
    private int Take(TKey key, int hash, in TValue value, int next)
    {
        int taken = _free;
        if (taken != 0)
        {
            _free = _chains.NextOf(taken);
        }
        else
        {
            taken = _used + 1;
            _chains.MakeRoomFor(taken);
            _used = taken;
        }

        _chains[taken] = new Entry(key, hash, value);
        _chains.NextOf(taken) = next;
        return taken;
    }

    /// <summary>No chain leads to the entry any more: whoever looks it up now is told, and it is cleared and kept for use.</summary>
    private void Retire(int entry)
    {
        Volatile.Write(ref _retired, unchecked(_retired + 1));
        Volatile.WriteBarrier();
        _chains[entry] = default;
        _chains.NextOf(entry) = _free;
        _free = entry;
    }

    private readonly struct Entry(TKey key, int hash, in TValue value)
    {
        public readonly TKey Key = key;
        public readonly TValue Value = value;
        public readonly int Hash = hash;
    }

    /// <summary>What leads to an entry. A type of ours, since an array of numbers in pieces would not be compiled ahead of time.</summary>
    private struct Link
    {
        /// <summary>Counted from 1; 0 for none.</summary>
        public int Entry;
    }

    /// <summary>The entries, counted from 1, and the chains that lead to them: as many buckets as there is room for entries, a power of two.</summary>
    private sealed class Chains
    {
        private readonly PiecedArray<Link> _buckets;
        private readonly PiecedArray<Link> _next;
        private readonly PiecedArray<Entry> _entries;

        public Chains(int capacity)
        {
            Capacity = capacity;
            _buckets = new PiecedArray<Link>(capacity);
            _buckets.MakeAll();
            _next = new PiecedArray<Link>(capacity);
            _entries = new PiecedArray<Entry>(capacity);
        }

        /// <summary>Four times as much room, for entries that are all in use and stay where they are.</summary>
        public Chains(Chains smaller)
            : this(4 * smaller.Capacity)
        {
            _entries.TakeOver(smaller._entries);
            for (int entry = 1; entry <= smaller.Capacity; entry++)
            {
                MakeRoomFor(entry);
                ref int bucket = ref BucketOf(this[entry].Hash);
                NextOf(entry) = bucket;
                bucket = entry;
            }
        }

        public int Capacity { get; }

        public ref Entry this[int entry] => ref _entries[entry - 1];

        /// <summary>Room that is not used takes little.</summary>
        public void MakeRoomFor(int entry)
        {
            _next.Make(entry - 1);
            _entries.Make(entry - 1);
        }

        public ref int BucketOf(int hash) => ref _buckets[hash & (Capacity - 1)].Entry;

        /// <summary>The entry behind another in its chain; 0 at the end.</summary>
        public ref int NextOf(int entry) => ref _next[entry - 1].Entry;

        public bool TryGet(TKey key, int hash, [MaybeNullWhen(false)] out TValue value)
        {
            for (int i = Volatile.Read(ref BucketOf(hash)); i != 0; i = Volatile.Read(ref NextOf(i)))
            {
                ref readonly Entry entry = ref this[i];
                if (entry.Hash == hash && key.Equals(entry.Key))
                {
                    value = entry.Value;
                    return true;
                }
            }

            value = default;
            return false;
        }

        /// <summary>For the writer: what leads to the entry of a key, or the end of the chain where it would be.</summary>
        public ref int FindLink(TKey key, int hash)
        {
            ref int link = ref BucketOf(hash);
            while (link != 0)
            {
                ref readonly Entry entry = ref this[link];
                if (entry.Hash == hash && key.Equals(entry.Key))
                {
                    break;
                }

                link = ref NextOf(link);
            }

            return ref link;
        }
    }
}
