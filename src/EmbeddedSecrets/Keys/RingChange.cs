using System.Security.Cryptography;
using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Errors;

namespace EmbeddedSecrets.Keys;

/// <summary>
/// The next ring while it is being made: a copy of the open one, one revision higher, to which changes are applied. Whoever
/// seals and commits it takes it; otherwise its keys are zeroed with the change. It knows nothing of states: see
/// <see cref="EncryptionKeyLife"/>.
/// </summary>
internal sealed class RingChange : IDisposable
{
    private readonly Dictionary<string, EncryptionKey> _keys = new(StringComparer.Ordinal);
    private readonly List<RootKeySlot> _slots;
    private readonly RingKeys _next;
    private bool _isTaken;

    /// <summary>Copies the ring, which nobody may zero meanwhile.</summary>
    public RingChange(RingKeys from)
    {
        foreach (EncryptionKey key in from.Keys.Values)
        {
            _keys.Add(key.Id, key.Copy());
        }

        _slots = [.. from.Slots.Select(static slot => slot.Copy())];
        _next = new RingKeys(from.StoreId, from.Revision + 1, new PinnedBytes(from.RingKey.Span), _keys, _slots) { SlotInUse = from.SlotInUse };
    }

    /// <summary>Whether there is anything to commit.</summary>
    public bool IsChanged { get; private set; }

    public RingKeys Next => _next;

    public EncryptionKey? Find(string keyId) => _keys.GetValueOrDefault(keyId);

    public EncryptionKey Require(string keyId) => Find(keyId) ?? throw KeyFailures.KeyUnusable(keyId, UnavailabilityReason.KeyNotFound, null);

    /// <summary>Takes over a new key.</summary>
    public void Add(EncryptionKey key)
    {
        _keys.Add(key.Id, key);
        IsChanged = true;
    }

    /// <summary>Replaces what is said about a key; its generations stay those of this change.</summary>
    public void Set(EncryptionKey key)
    {
        _keys[key.Id] = key with { Generations = _keys[key.Id].Generations };
        IsChanged = true;
    }

    /// <summary>Gives a key a new current generation; the older ones stay for reading.</summary>
    public void AddGeneration(string keyId, KeyGeneration generation)
    {
        EncryptionKey key = _keys[keyId];

        // Never a number that was used before: the current one, which is the newest, is never dropped.
        long number = key.Generations.Keys.Max() + 1;
        _keys[keyId] = key with { CurrentGeneration = number, Generations = new Dictionary<long, KeyGeneration>(key.Generations) { [number] = generation } };
        IsChanged = true;
    }

    /// <summary>Drops an older generation of a key: what hangs on it cannot be read any more.</summary>
    public void DropGeneration(string keyId, long number)
    {
        EncryptionKey key = _keys[keyId];
        if (number == key.CurrentGeneration)
        {
            throw new InvalidOperationException("The current generation of an encryption key is never dropped.");
        }

        Dictionary<long, KeyGeneration> kept = new(key.Generations);
        if (kept.Remove(number, out KeyGeneration? dropped))
        {
            dropped.Dispose();
            _keys[keyId] = key with { Generations = kept };
            IsChanged = true;
        }
    }

    /// <summary>Removes a key with all its generations.</summary>
    public void Remove(string keyId)
    {
        if (_keys.Remove(keyId, out EncryptionKey? removed))
        {
            removed.DisposeGenerations();
            IsChanged = true;
        }
    }

    /// <summary>The slots of the root keys, in the order in which they were added.</summary>
    public IReadOnlyList<RootKeySlot> Slots => _slots;

    /// <summary>The root key that opens the next ring in this process; null where it stays the same.</summary>
    public IRootKey? NextRootKey { get; private set; }

    /// <summary>Takes over a new slot; the ring stays sealed under the same key.</summary>
    public void AddSlot(RootKeySlot slot)
    {
        System.Diagnostics.Debug.Assert(_slots.TrueForAll(other => other.Id != slot.Id), "Ids are random.");
        _slots.Add(slot);
        IsChanged = true;
    }

    /// <summary>Removes a slot. Whoever still has its root key knows the ring key, so the next ring has another (DESIGN K7).</summary>
    public void RemoveSlot(ulong id)
    {
        RootKeySlot slot = _slots.Find(slot => slot.Id == id)!;
        _slots.Remove(slot);
        slot.Dispose();
        RandomNumberGenerator.Fill(_next.RingKey.Span);
        IsChanged = true;
    }

    /// <summary>Lets this process come to the ring through another slot and its root key.</summary>
    public void Use(ulong id, IRootKey rootKey)
    {
        _next.SlotInUse = id;
        NextRootKey = rootKey;
    }

    /// <summary>Hands the ring over; the change is finished.</summary>
    public RingKeys Take()
    {
        _isTaken = true;
        return _next;
    }

    public void Dispose()
    {
        if (!_isTaken)
        {
            _next.Dispose();
        }
    }
}
