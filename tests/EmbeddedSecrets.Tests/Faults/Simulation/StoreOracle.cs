namespace EmbeddedSecrets.Tests.Faults.Simulation;

/// <summary>
/// Knows what was acknowledged, and the one batch of which nobody can say; judges what a store shows. After a crash that is
/// what was acknowledged, with the whole batch or without it.
/// </summary>
internal sealed class StoreOracle
{
    private List<RepositoryCommit> _inFlight = [];
    private Dictionary<UniqueId, int> _payloads = [];

    /// <summary>Gets what must be there; null before the store was made.</summary>
    public StoreModel? Acknowledged { get; private set; }

    /// <summary>Gets every payload that was ever written, and how long it is.</summary>
    public IReadOnlyDictionary<UniqueId, int> Payloads => _payloads;

    /// <summary>Gets a value indicating whether the store has a rollback anchor, which outlives every power cut.</summary>
    public bool IsAnchored { get; init; }

    /// <summary>Gets or sets the state that the anchor keeps.</summary>
    public RollbackHead? Head { get; set; }

    public bool Undecided => _inFlight.Count > 0;

    public StoreOracle Copy() => new() { IsAnchored = IsAnchored, Head = Head, Acknowledged = Acknowledged, _inFlight = [.. _inFlight], _payloads = new(_payloads) };

    public void Begin(RepositoryCommit commit)
    {
        _inFlight.Add(commit);
        foreach (RepositoryPayload payload in commit.Changes.SelectMany(static change => change.AddedPayloads))
        {
            _payloads[payload.Id] = payload.Sealed.Length;
        }
    }

    public void Acknowledge(RepositoryCommit commit, long sequence)
    {
        if (_inFlight[0] != commit)
        {
            throw new LostWriteException("A commit was acknowledged before one in front of it was decided.");
        }

        _inFlight.RemoveAt(0);
        Acknowledged = Acknowledged!.Apply(commit);
        if (sequence != Acknowledged.Sequence)
        {
            throw new LostWriteException($"Sequence {sequence} instead of {Acknowledged.Sequence}.");
        }
    }

    /// <summary>The store said that nothing was changed.</summary>
    public void Reject(RepositoryCommit commit) => _inFlight.Remove(commit);

    /// <summary>A compaction has ended: what nobody could tell is not there.</summary>
    public void Compacted() => _inFlight.Clear();

    public void Created() => Acknowledged ??= StoreModel.Empty;

    /// <summary>An open store shows what was acknowledged, and nothing else.</summary>
    public void Check(string shown)
    {
        if (shown != Acknowledged!.Describe())
        {
            throw new LostWriteException($"Shown: {shown}\n\nAcknowledged: {Acknowledged.Describe()}");
        }
    }

    /// <summary>A store that was opened again decides what was open.</summary>
    public void Decide(string shown)
    {
        Created();
        StoreModel whole = _inFlight.Aggregate(Acknowledged!, static (model, commit) => model.Apply(commit));
        if (shown == whole.Describe())
        {
            Acknowledged = whole;
        }
        else
        {
            Check(shown);
        }

        _inFlight.Clear();
    }
}
