namespace EmbeddedSecrets;

/// <summary>How far an export is.</summary>
/// <param name="Secrets">The secrets written so far.</param>
/// <param name="Bytes">The bytes of the bundle written so far.</param>
public readonly record struct ExportProgress(long Secrets, long Bytes);
