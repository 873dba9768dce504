namespace EmbeddedSecrets;

/// <summary>What one commit did to one name.</summary>
/// <param name="Sequence">The change sequence of the commit.</param>
/// <param name="Name">The name.</param>
/// <param name="Record">The record as it was committed; null when it was removed.</param>
public readonly record struct CommittedChange(long Sequence, string Name, RepositoryRecord? Record);
