namespace EmbeddedSecrets.Repositories.Log;

/// <summary>Where a sealed record stands in the log, and its state.</summary>
internal readonly record struct RecordLocation(RecordStamp Stamp, long Offset, int Length);

/// <summary>Where a sealed payload stands in the log.</summary>
internal readonly record struct PayloadLocation(long Offset, int Length);
