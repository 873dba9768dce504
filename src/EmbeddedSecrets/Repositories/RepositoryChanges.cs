namespace EmbeddedSecrets;

/// <summary>What was committed after a change sequence.</summary>
/// <param name="Changes">The changes, in the order in which they were committed.</param>
/// <param name="Through">The change sequence up to which they tell: reading goes on after it.</param>
/// <param name="HasGap">Whether changes before <paramref name="Through"/> cannot be told any more; the list is empty then.</param>
public sealed record RepositoryChanges(IReadOnlyList<CommittedChange> Changes, long Through, bool HasGap);
