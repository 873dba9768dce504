namespace EmbeddedSecrets;

/// <summary>
/// A condition of a commit did not hold; nothing was changed. Repositories throw it and the store answers it, by trying
/// again or with <c>Conflict.Revision</c>: a caller of <see cref="SecretStore"/> never sees it.
/// </summary>
public sealed class RepositoryConflictException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="conflict">Which condition did not hold.</param>
    public RepositoryConflictException(RepositoryConflict conflict)
        : base(conflict switch
        {
            RepositoryConflict.Record => "A record is not in the state that the commit expected.",
            RepositoryConflict.Header => "The header is not the one that the commit was sealed under.",
            _ => "Something was committed after the change sequence that the commit expected.",
        })
    {
        Conflict = conflict;
    }

    /// <summary>Gets which condition did not hold.</summary>
    public RepositoryConflict Conflict { get; }
}
