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
    private readonly RingKeys _next;
    private bool _isTaken;

    /// <summary>Copies the ring, which nobody may zero meanwhile.</summary>
    public RingChange(RingKeys from)
    {
        foreach (EncryptionKey key in from.Keys.Values)
        {
            _keys.Add(key.Id, key.Copy());
        }

        _next = new RingKeys(from.StoreId, from.Revision + 1, _keys);
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

        // Never a number that was used before: a generation may have been dropped.
        long number = Math.Max(key.CurrentGeneration, key.Generations.Keys.Max()) + 1;
        _keys[keyId] = key with { CurrentGeneration = number, Generations = new Dictionary<long, KeyGeneration>(key.Generations) { [number] = generation } };
        IsChanged = true;
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
