namespace EmbeddedSecrets;

/// <summary>Which condition of a commit did not hold.</summary>
public enum RepositoryConflict
{
    /// <summary>A record was not in the expected state: load it again and apply the change again.</summary>
    Record,

    /// <summary>The header was replaced: reload the keys and seal again (DESIGN K7).</summary>
    Header,

    /// <summary>Something was committed after the expected change sequence.</summary>
    Sequence,
}
