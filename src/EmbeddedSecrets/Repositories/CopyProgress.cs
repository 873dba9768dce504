namespace EmbeddedSecrets;

/// <summary>How far a compaction or a backup is with copying.</summary>
/// <param name="CopiedBytes">The bytes copied so far.</param>
/// <param name="TotalBytes">About how many there are to copy; it grows while others write.</param>
public readonly record struct CopyProgress(long CopiedBytes, long TotalBytes);
