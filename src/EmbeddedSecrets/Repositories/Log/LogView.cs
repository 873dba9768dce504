using EmbeddedSecrets.Files;

namespace EmbeddedSecrets.Repositories.Log;

/// <summary>What readers see: one log file and what it holds where. Compaction puts another view in its place, whole.</summary>
internal sealed record LogView(IStoreFile File, LogIndex Index);
