namespace EmbeddedSecrets.Repositories.Log;

/// <summary>What a frame holds.</summary>
internal enum FrameKind
{
    /// <summary>The commits that one flush made durable.</summary>
    Batch = 1,

    /// <summary>Nothing: the log was closed in order, and everything before it is on the disk.</summary>
    Closing = 2,

    /// <summary>Records and payloads that compaction took over from the log before.</summary>
    Snapshot = 3,

    /// <summary>The end of what was taken over: how much that is, and where the store stood.</summary>
    SnapshotEnd = 4,

    /// <summary>A rollback was accepted: what follows belongs to a later epoch.</summary>
    Epoch = 5,
}
