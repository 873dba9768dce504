using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EmbeddedSecrets.Collections;

/// <summary>
/// A hash table from short keys to values of one length, all of it bytes: no object for an entry, nothing for the collector to
/// follow, and filled about as fast as memory takes it, which is what opening a large store waits for. For one writer at a time
/// and readers that take no lock.
/// </summary>
/// <remarks>
/// An entry never changes (<see cref="PackedEntries"/>): what replaces it is a new entry that the same slot leads to. So a
/// reader sees an entry of before or of after, and whole. What no slot leads to any more is left behind when that is more than
/// half of all entries.
/// </remarks>
/// <param name="valueLength">The length of every value, in bytes.</param>
internal sealed class PackedTable(int valueLength)
{
    private const int SmallestCapacity = 64;

    /// <summary>Fewer replaced entries than this are not worth a copy of the others.</summary>
    private const int FewEntries = 1024;

    private Slots _slots = new(SmallestCapacity, new PackedEntries(valueLength));
    private int _count;

    /// <summary>How many slots are not empty: each leads to an entry, or to one that was removed.</summary>
    private int _taken;

    /// <summary>How many entries no slot leads to any more.</summary>
    private int _leftBehind;

    public int Count => Volatile.Read(ref _count);

    /// <param name="key">1 to 255 bytes.</param>
    /// <param name="value">Where the value goes, when there is one.</param>
    public bool TryGet(ReadOnlySpan<byte> key, Span<byte> value)
    {
        Slots slots = Volatile.Read(ref _slots);
        uint entry = slots.Find(key, HashOf(key), out _);
        if (entry != 0)
        {
            slots.Entries.ValueOf(entry).CopyTo(value);
        }

        return entry != 0;
    }

    /// <summary>Adds or replaces. When memory runs out, nothing has changed.</summary>
    /// <returns>Whether there was a value, which is in <paramref name="before"/>.</returns>
    public bool Set(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, Span<byte> before)
    {
        MakeRoom();
        int hash = HashOf(key);
        uint replaced = _slots.Find(key, hash, out int slot);
        uint added = _slots.Entries.Append(key, value);
        if (replaced != 0)
        {
            _slots.Entries.ValueOf(replaced).CopyTo(before);
        }

        _taken += _slots.Lead(slot, hash, added) ? 1 : 0;
        _leftBehind += replaced != 0 ? 1 : 0;
        Volatile.Write(ref _count, _count + (replaced != 0 ? 0 : 1));
        return replaced != 0;
    }

    /// <summary>Removes what is there.</summary>
    public void Remove(ReadOnlySpan<byte> key)
    {
        if (_slots.Find(key, HashOf(key), out int slot) != 0)
        {
            _slots.LeadNowhere(slot);
            _leftBehind++;
            Volatile.Write(ref _count, _count - 1);
        }
    }

    /// <summary>The entries in ascending order of their keys. What stays meanwhile is there once; what is replaced is there with its value of before or after, what comes or goes may be there or not.</summary>
    public Ordered InOrder()
    {
        Slots slots = Volatile.Read(ref _slots);
        uint[] entries = new uint[slots.Capacity];
        int count = 0;
        for (int i = 0; i < entries.Length; i++)
        {
            uint entry = slots.EntryOf(i);
            if (entry != 0)
            {
                entries[count++] = entry;
            }
        }

        return Ordered.Of(slots.Entries, entries.AsSpan(0, count));
    }

    /// <summary>Texts are hashed so, with a key of the process: nobody can choose keys that collide.</summary>
    public static int HashOf(ReadOnlySpan<byte> key)
    {
        int hash = string.GetHashCode(MemoryMarshal.CreateReadOnlySpan(ref Unsafe.As<byte, char>(ref MemoryMarshal.GetReference(key)), key.Length / sizeof(char)));
        return (key.Length & 1) == 0 ? hash : unchecked(hash + (key[^1] * (int)0x9E3779B1));
    }

    private void MakeRoom()
    {
        Slots slots = _slots;
        bool isCrowded = _taken >= slots.Capacity / 4 * 3;
        bool isWasteful = _leftBehind > Math.Max(_count, FewEntries);
        if (!isCrowded && !isWasteful)
        {
            return;
        }

        // Who reads now goes on in the slots and entries of before. The entries stay what they are, so new slots may lead to them.
        int capacity = isCrowded && _count >= slots.Capacity / 8 * 3 ? 2 * slots.Capacity : slots.Capacity;
        Volatile.Write(ref _slots, new Slots(slots, capacity, isWasteful ? new PackedEntries(valueLength) : slots.Entries));
        _taken = _count;
        _leftBehind = isWasteful ? 0 : _leftBehind;
    }

    /// <summary>Entries in an order. The bytes must not be changed.</summary>
    internal readonly struct Ordered(PackedEntries entries, uint[] ordered)
    {
        public int Count => ordered.Length;

        /// <summary>Puts entries in order. A key that was removed and came back while they were met may have been met twice: one of the two is kept.</summary>
        public static Ordered Of(PackedEntries entries, Span<uint> met)
        {
            met.Sort((left, right) => entries.KeyOf(left).SequenceCompareTo(entries.KeyOf(right)));
            int kept = Math.Min(met.Length, 1);
            for (int i = 1; i < met.Length; i++)
            {
                if (!entries.KeyOf(met[i]).SequenceEqual(entries.KeyOf(met[kept - 1])))
                {
                    met[kept++] = met[i];
                }
            }

            return new Ordered(entries, met[..kept].ToArray());
        }

        public ReadOnlySpan<byte> KeyOf(int index) => entries.KeyOf(ordered[index]);

        public ReadOnlySpan<byte> ValueOf(int index) => entries.ValueOf(ordered[index]);
    }

    /// <summary>What leads from a hash to an entry. A type of ours, since an array of numbers in pieces would not be compiled ahead of time.</summary>
    private struct Slot
    {
        /// <summary>The hash, and below it the entry, which can only be read together; all zero in an empty slot.</summary>
        public ulong Bits;
    }

    /// <summary>
    /// A power of two of slots. A key is looked for from the slot that its hash names up to the first empty one. A quarter of
    /// them at least is empty.
    /// </summary>
    private sealed class Slots
    {
        /// <summary>In the place of an entry that was removed: what is behind it must still be found.</summary>
        private const uint Removed = uint.MaxValue;

        private readonly PiecedArray<Slot> _slots;

        public Slots(int capacity, PackedEntries entries)
        {
            Capacity = capacity;
            Entries = entries;
            _slots = new PiecedArray<Slot>(capacity);
            _slots.MakeAll();
        }

        /// <summary>Slots that lead to the same entries, or to copies of them where <paramref name="entries"/> is not that of the others.</summary>
        public Slots(Slots others, int capacity, PackedEntries entries)
            : this(capacity, entries)
        {
            for (int i = 0; i < others.Capacity; i++)
            {
                uint entry = others.EntryOf(i);
                if (entry != 0)
                {
                    int hash = Hash(others._slots[i].Bits);
                    uint kept = entries == others.Entries ? entry : entries.Append(others.Entries.KeyOf(entry), others.Entries.ValueOf(entry));
                    Lead(FirstEmpty(hash), hash, kept);
                }
            }
        }

        public int Capacity { get; }

        public PackedEntries Entries { get; }

        /// <summary>The entry of a slot; 0 for none.</summary>
        public uint EntryOf(int slot)
        {
            uint entry = Entry(Volatile.Read(ref _slots[slot].Bits));
            return entry == Removed ? 0 : entry;
        }

        /// <summary>The entry of a key, or 0; and its slot, or the one that it would get.</summary>
        public uint Find(ReadOnlySpan<byte> key, int hash, out int slot)
        {
            slot = -1;
            for (int i = hash & (Capacity - 1); ; i = (i + 1) & (Capacity - 1))
            {
                ulong bits = Volatile.Read(ref _slots[i].Bits);
                uint entry = Entry(bits);
                if (entry == 0)
                {
                    slot = slot < 0 ? i : slot;
                    return 0;
                }

                if (entry == Removed)
                {
                    slot = slot < 0 ? i : slot;
                }
                else if (Hash(bits) == hash && Entries.KeyOf(entry).SequenceEqual(key))
                {
                    slot = i;
                    return entry;
                }
            }
        }

        /// <summary>Readers find the entry from now on.</summary>
        /// <returns>Whether the slot was empty.</returns>
        public bool Lead(int slot, int hash, uint entry)
        {
            ref ulong bits = ref _slots[slot].Bits;
            bool wasEmpty = bits == 0;
            Volatile.Write(ref bits, unchecked(((ulong)hash << 32) | entry));
            return wasEmpty;
        }

        public void LeadNowhere(int slot) => Volatile.Write(ref _slots[slot].Bits, Removed);

        private static int Hash(ulong bits) => unchecked((int)(bits >> 32));

        private static uint Entry(ulong bits) => unchecked((uint)bits);

        private int FirstEmpty(int hash)
        {
            int slot = hash & (Capacity - 1);
            while (_slots[slot].Bits != 0)
            {
                slot = (slot + 1) & (Capacity - 1);
            }

            return slot;
        }
    }
}
