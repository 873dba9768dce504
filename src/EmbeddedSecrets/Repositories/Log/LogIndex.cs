using EmbeddedSecrets.Collections;

namespace EmbeddedSecrets.Repositories.Log;

/// <summary>What the log holds and where. One writer at a time; readers take no lock.</summary>
internal sealed class LogIndex : ILogTarget
{
    private const int Stripes = 4096;

    private readonly HashTable<string, RecordLocation> _records = new();
    private readonly HashTable<UniqueId, PayloadLocation> _payloads = new();
    private readonly Action<UniqueId> _payloadDropped;

    /// <summary>Counts the changes of the names that share a stripe, once readers see the index: odd while one is under way.</summary>
    private readonly int[] _moves = new int[Stripes];

    /// <summary>Names this index in tokens, see <see cref="RecordToken"/>.</summary>
    private readonly object _identity = new();

    public LogIndex(Action<UniqueId> payloadDropped)
    {
        _payloadDropped = payloadDropped;
    }

    /// <summary>Gets who keeps the names in order; null for an index that readers do not see.</summary>
    public NameOrder? Order { get; private set; }

    public long RecordCount => _records.Count;

    public long PayloadCount => _payloads.Count;

    /// <summary>Gets about how many bytes of a log what is here takes.</summary>
    public long LiveBytes { get; private set; }

    /// <summary>Gets a value indicating whether the log holds payloads that were dropped, or headers that were replaced, since it was made.</summary>
    public bool HasDropped { get; private set; }

    /// <summary>Gets or sets who is told what changes, while a compaction runs.</summary>
    public ChangeTracker? Tracker { get; set; }

    /// <summary>Gets the records; what changes meanwhile may or may not be seen.</summary>
    public IEnumerable<KeyValuePair<string, RecordLocation>> Records => _records;

    /// <summary>Gets the payloads; what changes meanwhile may or may not be seen.</summary>
    public IEnumerable<KeyValuePair<UniqueId, PayloadLocation>> Payloads => _payloads;

    /// <summary>Called by the writer before readers see the index; <paramref name="order"/> keeps the names in order from then on.</summary>
    public void Publish(NameOrder order) => Order = order;

    /// <summary>The token of what a name has now; see <see cref="IResidentRepository"/>.</summary>
    public RecordToken TokenOf(string name)
    {
        int stripe = StripeOf(name);
        return new RecordToken(_identity, stripe, Volatile.Read(ref _moves[stripe]));
    }

    /// <summary>Never while a change is under way: who has seen it must not see what was there before.</summary>
    public bool IsCurrent(RecordToken token) =>
        ReferenceEquals(token.IndexIdentity, _identity) && (token.Moves & 1) == 0 && Volatile.Read(ref _moves[token.Stripe]) == token.Moves;

    public bool TryFind(string name, out RecordLocation location) => _records.TryGet(name, out location);

    public bool TryFindPayload(UniqueId id, out PayloadLocation location) => _payloads.TryGet(id, out location);

    public void Put(string name, in RecordLocation location)
    {
        BeginMove(name);
        if (_records.Set(name, location, out RecordLocation before))
        {
            LiveBytes -= RecordBytes(name, before.Length);
        }

        EndMove(name);
        LiveBytes += RecordBytes(name, location.Length);
        Tracker?.Note(name);
        Order?.Note(name, present: true);
    }

    public void Remove(string name)
    {
        BeginMove(name);
        bool wasThere = _records.Remove(name, out RecordLocation before);
        EndMove(name);
        if (wasThere)
        {
            LiveBytes -= RecordBytes(name, before.Length);
            Tracker?.Note(name);
            Order?.Note(name, present: false);
        }
    }

    public void AddPayload(UniqueId id, in PayloadLocation location)
    {
        if (_payloads.Set(id, location, out PayloadLocation before))
        {
            LiveBytes -= PayloadBytes(before.Length);
            _payloadDropped(id);
        }

        LiveBytes += PayloadBytes(location.Length);
        Tracker?.Note(id);
    }

    /// <summary>The replaced header may hold what opens older records: a key generation that was dropped, or the slot of a removed root key.</summary>
    public void DropHeader() => HasDropped = true;

    public void DropPayload(UniqueId id)
    {
        // Also where a snapshot tells it of a payload that it does not hold: an older record, with the wrapped key, may be there.
        HasDropped = true;
        if (_payloads.Remove(id, out PayloadLocation before))
        {
            LiveBytes -= PayloadBytes(before.Length);
            Tracker?.Note(id);
            _payloadDropped(id);
        }
    }

    public void EndCommit(long sequence)
    {
    }

    /// <summary>Another index takes the place of this one: tells of the payloads that it has not.</summary>
    public void TellDropped(LogIndex successor)
    {
        foreach ((UniqueId id, _) in _payloads)
        {
            if (!successor._payloads.TryGet(id, out _))
            {
                _payloadDropped(id);
            }
        }
    }

    private static int StripeOf(string name) => string.GetHashCode(name, StringComparison.Ordinal) & (Stripes - 1);

    /// <summary>Before a change is visible. There is one writer at a time; a change that failed half-way leaves the counter odd.</summary>
    private void BeginMove(string name)
    {
        if (Order is not null)
        {
            ref int moves = ref _moves[StripeOf(name)];
            Volatile.Write(ref moves, unchecked(moves + 1) | 1);
        }
    }

    /// <summary>After it is visible.</summary>
    private void EndMove(string name)
    {
        if (Order is not null)
        {
            ref int moves = ref _moves[StripeOf(name)];
            Volatile.Write(ref moves, unchecked(moves + 1));
        }
    }

    /// <summary>With the entry of the index in a snapshot.</summary>
    private static long RecordBytes(string name, int length) => 50 + name.Length + length;

    private static long PayloadBytes(int length) => 41 + length;
}
