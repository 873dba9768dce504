namespace EmbeddedSecrets;

/// <summary>What a repository found when it was opened. A repository that keeps nothing over a crash reports nothing but zeros.</summary>
public sealed class RecoveryReport
{
    /// <summary>Gets the change sequence at which the store stands.</summary>
    public long Sequence { get; init; }

    /// <summary>Gets the number of records.</summary>
    public long RecordCount { get; init; }

    /// <summary>Gets a value indicating whether the last user closed the store in order. False after a crash or a kill, and for a new store.</summary>
    public bool WasClosed { get; init; }

    /// <summary>
    /// Gets the offset in the log from which bytes were dropped because nothing proves that they were ever acknowledged, or
    /// null when nothing was dropped. After a crash this is an unfinished commit; without an anchor elsewhere it cannot be
    /// told from a last commit that somebody damaged (DESIGN F4).
    /// </summary>
    public long? DroppedOffset { get; init; }

    /// <summary>Gets the number of bytes from <see cref="DroppedOffset"/> to the last one that was not zero, or 0.</summary>
    public long DroppedBytes { get; init; }
}
