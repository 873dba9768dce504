using System.Diagnostics;

namespace EmbeddedSecrets.Repositories.Log;

/// <summary>A commit, or a step that needs the log for itself, on its way: waiting for its turn, in a batch, or done.</summary>
internal sealed class PendingCommit
{
    private readonly RepositoryCommit? _commit;

    private readonly long _since = Stopwatch.GetTimestamp();

    public PendingCommit(RepositoryCommit commit, CancellationToken cancellationToken)
    {
        _commit = commit;
        CancellationToken = cancellationToken;
        for (int i = 0; i < commit.Changes.Count; i++)
        {
            RepositoryChange change = commit.Changes[i];
            Size += 512L + (change.Record?.Sealed.Length ?? 0) + (16L * change.DroppedPayloads.Count);
            for (int j = 0; j < change.AddedPayloads.Count; j++)
            {
                Size += 64L + change.AddedPayloads[j].Sealed.Length;
            }
        }
    }

    public PendingCommit(Action alone, CancellationToken cancellationToken)
    {
        Alone = alone;
        CancellationToken = cancellationToken;
    }

    public CancellationToken CancellationToken { get; }

    /// <summary>Gets how long the caller has waited.</summary>
    public TimeSpan Waited => Stopwatch.GetElapsedTime(_since);

    public RepositoryCommit Commit => _commit ?? throw new InvalidOperationException("A step that needs the log for itself has no commit.");

    /// <summary>Gets what is done instead of a commit, while nobody writes; null for a commit.</summary>
    public Action? Alone { get; }

    /// <summary>Completes when it has a sequence or a failure; null for one that its caller leads himself.</summary>
    public TaskCompletionSource? Answer { get; set; }

    public LinkedListNode<PendingCommit>? Node { get; set; }

    /// <summary>Gets or sets a value indicating whether a leader has it in the batch that is being written: it cannot be taken back any more.</summary>
    public bool IsInFlight { get; set; }

    public long Sequence { get; set; }

    public Exception? Failure { get; set; }

    /// <summary>Gets a bound on what the commit adds to a batch.</summary>
    public long Size { get; }
}
