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

        IReadOnlyList<RepositoryChange> changes = commit.Changes;
        for (int i = 0; i < changes.Count; i++)
        {
            if (stampOf(changes[i].Name) != changes[i].Expected)
            {
                return RepositoryConflict.Record;
            }
        }

        return null;
    }
}
