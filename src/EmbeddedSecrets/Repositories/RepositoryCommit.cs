namespace EmbeddedSecrets;

/// <summary>A set of changes that a repository makes wholly or not at all.</summary>
public sealed class RepositoryCommit
{
    /// <summary>Gets the revision of the header under which everything in the commit was sealed (DESIGN K7). It must still be the current one.</summary>
    public required long HeaderRevision { get; init; }

    /// <summary>Gets the header that takes the place of the current one, its revision one higher, or null to keep it.</summary>
    public RepositoryHeader? NewHeader { get; init; }

    /// <summary>Gets the change sequence after which nothing may have been committed, or null for no such condition.</summary>
    public long? ExpectedSequence { get; init; }

    /// <summary>Gets the changes, at most one for a name.</summary>
    public required IReadOnlyList<RepositoryChange> Changes { get; init; }
}
