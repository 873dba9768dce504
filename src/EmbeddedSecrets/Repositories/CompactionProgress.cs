namespace EmbeddedSecrets;

/// <summary>How far a compaction is.</summary>
/// <param name="CopiedBytes">The bytes copied so far.</param>
/// <param name="TotalBytes">About how many there are to copy; it grows while others write.</param>
public readonly record struct CompactionProgress(long CopiedBytes, long TotalBytes);
