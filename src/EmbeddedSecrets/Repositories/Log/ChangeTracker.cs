namespace EmbeddedSecrets.Repositories.Log;

/// <summary>Notes which names and payloads commits touch while a compaction copies, so that it copies them again.</summary>
internal sealed class ChangeTracker
{
    private readonly Lock _gate = new();
    private HashSet<string> _names = new(StringComparer.Ordinal);
    private HashSet<UniqueId> _payloads = [];

    public void Note(string name)
    {
        lock (_gate)
        {
            _names.Add(name);
        }
    }

    public void Note(UniqueId payload)
    {
        lock (_gate)
        {
            _payloads.Add(payload);
        }
    }

    /// <summary>What was touched since the last call.</summary>
    public (HashSet<string> Names, HashSet<UniqueId> Payloads) Take()
    {
        lock (_gate)
        {
            (HashSet<string>, HashSet<UniqueId>) taken = (_names, _payloads);
            _names = new HashSet<string>(StringComparer.Ordinal);
            _payloads = [];
            return taken;
        }
    }
}
