namespace EmbeddedSecrets.Auditing;

/// <summary>Counts intents that have no outcome, in bounded memory: outcomes come soon after their intents or never.</summary>
internal sealed class UnfinishedOperations
{
    public const int MaxOpen = 65_536;

    private readonly Dictionary<(string RequestId, string? Secret), LinkedListNode<(string RequestId, string? Secret)>> _open = [];
    private readonly LinkedList<(string RequestId, string? Secret)> _order = new();
    private long _forgotten;

    public long Count => _forgotten + _open.Count;

    public void Note(AuditRecord record)
    {
        (string RequestId, string? Secret) key = (record.RequestId, record.SecretName);
        if (record.Phase == AuditPhase.Outcome)
        {
            if (_open.Remove(key, out LinkedListNode<(string RequestId, string? Secret)>? done))
            {
                _order.Remove(done);
            }
        }
        else if (!_open.ContainsKey(key))
        {
            _open.Add(key, _order.AddLast(key));
            if (_open.Count > MaxOpen)
            {
                _open.Remove(_order.First!.Value);
                _order.RemoveFirst();
                _forgotten++;
            }
        }
    }
}
