namespace EmbeddedSecrets.Repositories;

/// <summary>The conditions of a commit, checked against the state that the commits before it leave.</summary>
internal static class CommitConditions
{
    /// <summary>Returns which condition does not hold, or null.</summary>
    public static RepositoryConflict? Check(RepositoryCommit commit, long headerRevision, long sequence, Func<string, RecordStamp> stampOf)
    {
        if (commit.HeaderRevision != headerRevision)
        {
            return RepositoryConflict.Header;
        }

        if (commit.ExpectedSequence is { } expected && sequence > expected)
        {
            return RepositoryConflict.Sequence;
        }

        foreach (RepositoryChange change in commit.Changes)
        {
            if (stampOf(change.Name) != change.Expected)
            {
                return RepositoryConflict.Record;
            }
        }

        return null;
    }
}
