namespace EmbeddedSecrets.Repositories.Log;

/// <summary>A commit on its way: waiting for its turn, in a batch, or done.</summary>
internal sealed class PendingCommit(RepositoryCommit commit)
{
    public RepositoryCommit Commit => commit;

    /// <summary>Completes with true for a waiter that leads the next batch now, with false when a leader has dealt with it.</summary>
    public TaskCompletionSource<bool>? Turn { get; set; }

    public LinkedListNode<PendingCommit>? Node { get; set; }

    public long Sequence { get; set; }

    public Exception? Failure { get; set; }

    /// <summary>A bound on what the commit adds to a batch.</summary>
    public long Size { get; } = commit.Changes.Sum(static change =>
        512L + (change.Record?.Sealed.Length ?? 0) + (16L * change.DroppedPayloads.Count) + change.AddedPayloads.Sum(static payload => 64L + payload.Sealed.Length));
}
