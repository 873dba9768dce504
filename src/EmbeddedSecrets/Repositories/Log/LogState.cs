namespace EmbeddedSecrets.Repositories.Log;

/// <summary>Where the log stands: what the next frame follows on.</summary>
internal sealed class LogState
{
    /// <summary>The highest change sequence and header revision that are read: there is always a next one.</summary>
    public const long MaxNumber = long.MaxValue - 1;

    public required long Generation { get; init; }

    /// <summary>Gets or sets the offset behind the last frame, where the next one goes; everything before it is on the disk.</summary>
    public long End { get; set; } = LogFileHeader.Length;

    /// <summary>Gets or sets the sequence of the last frame; 0 when there is none.</summary>
    public long FrameSequence { get; set; }

    public UniqueId LastTag { get; set; }

    /// <summary>Gets or sets the change sequence.</summary>
    public long Sequence { get; set; }

    /// <summary>Gets or sets how often a rollback was accepted; a later history has a higher one.</summary>
    public long Epoch { get; set; }

    /// <summary>
    /// Gets or sets the tag of the last batch or epoch, which together with <see cref="Sequence"/> names this state of the store.
    /// A compaction carries it over: it changes no state.
    /// </summary>
    public UniqueId HeadTag { get; set; }

    /// <summary>Gets or sets a value indicating whether the last frame is a closing frame.</summary>
    public bool Closed { get; set; }

    /// <summary>Gets or sets where the batches begin: behind the file header, or behind the snapshot.</summary>
    public long FirstBatch { get; set; } = LogFileHeader.Length;

    /// <summary>Gets or sets the change sequence that stood before the first batch.</summary>
    public long FirstSequence { get; set; }

    public RepositoryHeader? Header { get; set; }
}
