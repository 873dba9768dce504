namespace EmbeddedSecrets;

/// <summary>What is wrong in an audit trail.</summary>
public enum AuditFaultKind
{
    /// <summary>Bytes that are no authentic record: edited, inserted or damaged.</summary>
    NotAuthentic,

    /// <summary>Records between the one before and the one here are missing.</summary>
    MissingRecords,

    /// <summary>An authentic record that does not belong in this place: moved or repeated.</summary>
    OutOfOrder,

    /// <summary>An authentic record of this place that does not continue the one before it.</summary>
    BrokenChain,

    /// <summary>A file between two others, or the first one, is missing.</summary>
    MissingFile,

    /// <summary>The first line of a file is not authentic, or says that the file belongs elsewhere.</summary>
    BadFileHeader,

    /// <summary>A file cannot be used: it is no private regular file, or reading it failed.</summary>
    UnreadableFile,

    /// <summary>The record that the caller expected as the head is missing or another one: the end was cut off or replaced.</summary>
    HeadMissing,

    /// <summary>Unfinished bytes at the end of the trail, as a crash leaves them. No tampering by itself; nothing of them was acknowledged.</summary>
    TornTail,

    /// <summary>Bytes at the end of a file that a writer gave up after a crash or a failed write, and said so in the next file. No tampering; nothing of them was acknowledged.</summary>
    AbandonedBytes,
}
