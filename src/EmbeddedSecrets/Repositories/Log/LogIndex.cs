using System.Buffers;
using System.Text;
using EmbeddedSecrets.Collections;

namespace EmbeddedSecrets.Repositories.Log;

/// <summary>What the log holds and where. One writer at a time; readers take no lock.</summary>
internal sealed class LogIndex : ILogTarget
{
    private const int Stripes = 4096;

    private readonly IndexTable _records = new(SnapshotWriter.RecordKind, RecordLocation.Size);
    private readonly IndexTable _payloads = new(SnapshotWriter.PayloadKind, PayloadLocation.Size);
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

    /// <summary>Gets or sets why a batch was applied half-way, or null. Such an index answers, and nothing may be made of it: its log has the whole batch.</summary>
    public Exception? HalfApplied { get; set; }

    /// <summary>Gets or sets who is told what changes, while a compaction runs.</summary>
    public ChangeTracker? Tracker { get; set; }

    /// <summary>Gets the records; what changes meanwhile may or may not be seen.</summary>
    public IEnumerable<KeyValuePair<string, RecordLocation>> Records
    {
        get
        {
            byte[] value = new byte[RecordLocation.Size];
            IndexTable.Enumerator records = _records.GetEnumerator();
            while (records.MoveNext())
            {
                records.CopyValueTo(value);
                yield return new(Encoding.ASCII.GetString(records.Key), RecordLocation.Read(value));
            }
        }
    }

    /// <summary>Gets the payloads; what changes meanwhile may or may not be seen.</summary>
    public IEnumerable<KeyValuePair<UniqueId, PayloadLocation>> Payloads
    {
        get
        {
            byte[] value = new byte[PayloadLocation.Size];
            IndexTable.Enumerator payloads = _payloads.GetEnumerator();
            while (payloads.MoveNext())
            {
                payloads.CopyValueTo(value);
                yield return new(UniqueId.Read(payloads.Key), PayloadLocation.Read(value));
            }
        }
    }

    /// <summary>Called by the writer before readers see the index; <paramref name="order"/> keeps the names in order from then on.</summary>
    public void Publish(NameOrder order) => Order = order;

    /// <summary>The token of what a name has now; see <see cref="IResidentRepository"/>.</summary>
    public RecordToken TokenOf(string name)
    {
        Span<byte> room = stackalloc byte[CommitRules.MaxNameLength];
        int stripe = StripeOf(KeyOf(name, room));
        return new RecordToken(_identity, stripe, Volatile.Read(ref _moves[stripe]));
    }

    /// <summary>Never while a change is under way: who has seen it must not see what was there before.</summary>
    public bool IsCurrent(RecordToken token) =>
        ReferenceEquals(token.IndexIdentity, _identity) && (token.Moves & 1) == 0 && Volatile.Read(ref _moves[token.Stripe]) == token.Moves;

    public bool TryFind(string name, out RecordLocation location)
    {
        Span<byte> room = stackalloc byte[CommitRules.MaxNameLength];
        Span<byte> found = stackalloc byte[RecordLocation.Size];
        bool isFound = _records.TryGet(KeyOf(name, room), found);
        location = isFound ? RecordLocation.Read(found) : default;
        return isFound;
    }

    public bool TryFindPayload(UniqueId id, out PayloadLocation location)
    {
        Span<byte> key = stackalloc byte[UniqueId.Length];
        Span<byte> found = stackalloc byte[PayloadLocation.Size];
        id.CopyTo(key);
        bool isFound = _payloads.TryGet(key, found);
        location = isFound ? PayloadLocation.Read(found) : default;
        return isFound;
    }

    /// <summary>Takes a chunk of a snapshot over as it is. False, and nothing has changed, where its entries are not in order behind what is here; take them one by one.</summary>
    public bool TryAdd(ReadOnlySpan<byte> chunkIndex, int bodyLength, long bodyOffset)
    {
        IndexTable? table = Order is not null || chunkIndex.IsEmpty ? null
            : chunkIndex[0] == SnapshotWriter.RecordKind ? _records
            : chunkIndex[0] == SnapshotWriter.PayloadKind ? _payloads : null;
        if (table is null || !table.TryAdd(chunkIndex, bodyLength, bodyOffset, out long liveBytes))
        {
            return false;
        }

        LiveBytes += liveBytes;
        return true;
    }

    public void Put(ReadOnlySpan<byte> name, in RecordLocation location)
    {
        Span<byte> value = stackalloc byte[RecordLocation.Size];
        location.Write(value);
        Span<byte> before = stackalloc byte[RecordLocation.Size];
        string? told = TextForOthers(name);
        BeginMove(name);
        bool wasThere = _records.Set(name, value, before);
        EndMove(name);
        LiveBytes += RecordBytes(name, location.Length) - (wasThere ? RecordBytes(name, RecordLocation.Read(before).Length) : 0);
        Tell(told, isPresent: true, mayChangeOrder: !wasThere);
    }

    public void Remove(ReadOnlySpan<byte> name)
    {
        Span<byte> before = stackalloc byte[RecordLocation.Size];
        string? told = TextForOthers(name);
        BeginMove(name);
        bool wasThere = _records.Remove(name, before);
        EndMove(name);
        if (wasThere)
        {
            LiveBytes -= RecordBytes(name, RecordLocation.Read(before).Length);
        }

        // Also where it was gone already: an attempt before may have ended between the two.
        Tell(told, isPresent: false, mayChangeOrder: true);
    }

    public void AddPayload(UniqueId id, in PayloadLocation location)
    {
        Span<byte> key = stackalloc byte[UniqueId.Length];
        Span<byte> value = stackalloc byte[PayloadLocation.Size];
        id.CopyTo(key);
        location.Write(value);
        Span<byte> before = stackalloc byte[PayloadLocation.Size];
        if (_payloads.Set(key, value, before))
        {
            LiveBytes -= PayloadBytes(PayloadLocation.Read(before).Length);
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
        Span<byte> key = stackalloc byte[UniqueId.Length];
        Span<byte> before = stackalloc byte[PayloadLocation.Size];
        id.CopyTo(key);
        if (_payloads.Remove(key, before))
        {
            LiveBytes -= PayloadBytes(PayloadLocation.Read(before).Length);
        }

        Tracker?.Note(id);
        _payloadDropped(id);
    }

    public void EndCommit(long sequence)
    {
    }

    /// <summary>Another index takes the place of this one: tells of the payloads that it has not.</summary>
    public void TellDropped(LogIndex successor)
    {
        foreach ((UniqueId id, _) in Payloads)
        {
            if (!successor.TryFindPayload(id, out _))
            {
                _payloadDropped(id);
            }
        }
    }

    /// <summary>The bytes of a name; those of no name, where it breaks the rules of names.</summary>
    private static ReadOnlySpan<byte> KeyOf(string name, Span<byte> room) =>
        Ascii.FromUtf16(name, room, out int length) == OperationStatus.Done ? room[..length] : default;

    private static int StripeOf(ReadOnlySpan<byte> name) => PackedTable.HashOf(name) & (Stripes - 1);

    /// <summary>Before a change is visible. There is one writer at a time; a change that failed half-way leaves the counter odd.</summary>
    private void BeginMove(ReadOnlySpan<byte> name)
    {
        if (Order is not null)
        {
            ref int moves = ref _moves[StripeOf(name)];
            Volatile.Write(ref moves, unchecked(moves + 1) | 1);
        }
    }

    /// <summary>After it is visible.</summary>
    private void EndMove(ReadOnlySpan<byte> name)
    {
        if (Order is not null)
        {
            ref int moves = ref _moves[StripeOf(name)];
            Volatile.Write(ref moves, unchecked(moves + 1));
        }
    }

    /// <summary>Made before anything changes: memory may run out.</summary>
    private string? TextForOthers(ReadOnlySpan<byte> name) =>
        Order is null && Tracker is null ? null : Encoding.ASCII.GetString(name);

    /// <summary>After the change is visible: whoever copies what was told must find it.</summary>
    private void Tell(string? name, bool isPresent, bool mayChangeOrder)
    {
        if (name is null)
        {
            return;
        }

        // A name that was there before has its place in the order: to find it once more would be a part of the cost of every put.
        if (mayChangeOrder)
        {
            Order?.Note(name, isPresent);
        }

        Tracker?.Note(name);
    }

    /// <summary>With the entry of the index in a snapshot.</summary>
    private static long RecordBytes(ReadOnlySpan<byte> name, int length) => 50 + name.Length + length;

    private static long PayloadBytes(int length) => 41 + length;
}
