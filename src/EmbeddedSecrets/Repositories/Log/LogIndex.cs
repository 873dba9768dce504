using System.Collections.Concurrent;

namespace EmbeddedSecrets.Repositories.Log;

/// <summary>What the log holds and where. One writer at a time; readers take no lock.</summary>
internal sealed class LogIndex
{
    private readonly ConcurrentDictionary<string, RecordLocation> _records = new(concurrencyLevel: 1, capacity: 31, StringComparer.Ordinal);
    private readonly ConcurrentDictionary<UInt128, PayloadLocation> _payloads = new(concurrencyLevel: 1, capacity: 31);
    private readonly Action<UInt128> _payloadDropped;

    public LogIndex(Action<UInt128> payloadDropped)
    {
        _payloadDropped = payloadDropped;
        Order = new NameOrder(() => _records.Select(static pair => pair.Key));
    }

    public NameOrder Order { get; }

    public int RecordCount => _records.Count;

    public bool TryFind(string name, out RecordLocation location) => _records.TryGetValue(name, out location);

    public bool TryFindPayload(UInt128 id, out PayloadLocation location) => _payloads.TryGetValue(id, out location);

    public void Put(string name, in RecordLocation location)
    {
        _records[name] = location;
        Order.Note(name, present: true);
    }

    public void Remove(string name)
    {
        if (_records.TryRemove(name, out _))
        {
            Order.Note(name, present: false);
        }
    }

    public void AddPayload(UInt128 id, in PayloadLocation location) => _payloads[id] = location;

    public void DropPayload(UInt128 id)
    {
        if (_payloads.TryRemove(id, out _))
        {
            _payloadDropped(id);
        }
    }
}
