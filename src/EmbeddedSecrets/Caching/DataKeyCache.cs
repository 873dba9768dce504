using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Envelope;

namespace EmbeddedSecrets.Caching;

/// <summary>
/// Unwrapped data keys by payload id, bounded. A payload is written once, under one data key for ever, so an entry is never
/// wrong; it leaves when the encryption keys change or go, because the answer may be a refusal then (DESIGN K8). Safe for
/// several threads at once; a hit takes no lock.
/// </summary>
internal sealed class DataKeyCache : IDisposable
{
    /// <summary>Of how many keys a full cache takes one: putting each in and another out costs more than it saves.</summary>
    public const uint OffersPerPlace = 8;

    private readonly BoundedCache<UniqueId, CachedDataKey> _entries;
    private readonly Lock _gate = new();
    private readonly Stack<PinnedBytes> _zeroed = new();
    private readonly Action<PinnedBytes> _recycle;
    private readonly int _capacity;
    private uint _offers;
    private long _epoch;
    private bool _isClosed;

    public DataKeyCache(int capacity)
    {
        _capacity = capacity;
        _entries = new BoundedCache<UniqueId, CachedDataKey>(capacity);
        _recycle = Recycle;
    }

    public int Count => _entries.Count;

    /// <summary>Whether there is a place for any key.</summary>
    public bool KeepsAny => _entries.KeepsAny;

    /// <summary>Counts the clearings. Taken before a key is unwrapped, given when it is added.</summary>
    public long Epoch => Volatile.Read(ref _epoch);

    /// <summary>The key of a value, if it is here. Once it has left, no instance of it is to be had.</summary>
    public CachedDataKey? Find(SealedContent content)
    {
        return _entries.TryGet(content.PayloadId, out CachedDataKey? key) && key.IsOf(content.DataKey) ? key : null;
    }

    /// <summary>Whether the next key is worth a place: always while there is room, seldom when another must leave for it.</summary>
    public bool Admits()
    {
        return KeepsAny && (!_entries.IsFull || Interlocked.Increment(ref _offers) % OffersPerPlace == 0);
    }

    /// <summary>A copy of a data key that is not in the cache yet: the caller adds it, or releases it.</summary>
    public CachedDataKey Make(ReadOnlySpan<byte> dataKey, SealedContent content)
    {
        PinnedBytes? memory;
        lock (_zeroed)
        {
            _ = _zeroed.TryPop(out memory);
        }

        memory ??= new PinnedBytes(CommittingCipher.KeyLength);
        dataKey.CopyTo(memory.Span);
        return new CachedDataKey(memory, content, _recycle);
    }

    /// <summary>Takes over a key that has opened its value. One that was unwrapped before the last clearing is only released, as is one that would have to wait for another.</summary>
    public void Add(CachedDataKey key, long epoch)
    {
        bool isTaken = false;
        try
        {
            isTaken = TryAdd(key, epoch);
        }
        finally
        {
            if (!isTaken)
            {
                key.Release();
            }
        }
    }

    private bool TryAdd(CachedDataKey key, long epoch)
    {
        if (!_gate.TryEnter())
        {
            return false;
        }

        try
        {
            return !_isClosed && epoch == _epoch && _entries.TryOffer(key);
        }
        finally
        {
            _gate.Exit();
        }
    }

    public void Remove(UniqueId payloadId) => _entries.Remove(payloadId);

    /// <summary>Lets every key go, and keeps out what is being unwrapped right now.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _epoch++;
            _entries.Clear();
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isClosed = true;
            Clear();
        }
    }

    private void Recycle(PinnedBytes memory)
    {
        lock (_zeroed)
        {
            try
            {
                if (_zeroed.Count < _capacity)
                {
                    _zeroed.Push(memory);
                }
            }
            catch (OutOfMemoryException)
            {
                // A key that leaves must leave: the collector takes its memory.
            }
        }
    }
}
