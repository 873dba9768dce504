using EmbeddedSecrets.Collections;

namespace EmbeddedSecrets.Repositories;

/// <summary>What the arguments of a commit alone must satisfy, the same for every repository of this library.</summary>
internal static class CommitRules
{
    public const int MaxNameLength = 192;
    public const int MaxChanges = 1000;
    public const int MaxPayloadsPerChange = 1000;
    public const int MaxRecordBytes = 1 << 20;
    public const int MaxPayloadBytes = 64 << 10;
    public const int MaxCommitBytes = 64 << 20;

    private static readonly AsciiSet NameCharacters =
        new("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_/+=.@-");

    public static bool IsName(ReadOnlySpan<char> name) =>
        name.Length is > 0 and <= MaxNameLength && NameCharacters.IndexOfOther(name) < 0;

    /// <summary>Whether ASCII bytes are a name.</summary>
    public static bool IsName(ReadOnlySpan<byte> name) =>
        name.Length is > 0 and <= MaxNameLength && NameCharacters.ContainsAll(name);

    public static void Check(RepositoryCommit commit, UniqueId storeId)
    {
        ArgumentNullException.ThrowIfNull(commit);
        ArgumentNullException.ThrowIfNull(commit.Changes, nameof(commit));
        Require(commit.Changes.Count <= MaxChanges, "A commit has at most 1,000 changes.");
        Require(
            commit.NewHeader is null || (commit.NewHeader.StoreId == storeId && commit.NewHeader.Revision == commit.HeaderRevision + 1),
            "A new header belongs to the same store, and its revision is one higher.");

        HashSet<string>? names = commit.Changes.Count > 1 ? new(commit.Changes.Count, StringComparer.Ordinal) : null;
        long total = 0;
        for (int i = 0; i < commit.Changes.Count; i++)
        {
            RepositoryChange change = commit.Changes[i];
            Require(IsName(change.Name), "A name has 1 to 192 of the characters A-Z a-z 0-9 _ / + = . @ -.");
            Require(names is null || names.Add(change.Name), "A commit changes a name at most once.");
            total += CheckRecord(change) + CheckPayloads(change);
        }

        Require(total <= MaxCommitBytes, "A commit has at most 64 MiB.");
    }

    private static long CheckRecord(RepositoryChange change)
    {
        if (change.Record is not { } record)
        {
            return 0;
        }

        Require(record.Name == change.Name, "A change and its record have the same name.");
        Require(!record.Stamp.Incarnation.IsNone && record.Stamp.Revision >= 1, "A record has an incarnation, and a revision of at least 1.");
        Require(record.Stamp != change.Expected, "A changed record has a new stamp.");
        Require(record.Sealed.Length is >= 16 and <= MaxRecordBytes, "A sealed record has 16 bytes to 1 MiB.");
        return record.Sealed.Length;
    }

    private static long CheckPayloads(RepositoryChange change)
    {
        Require(change.AddedPayloads.Count <= MaxPayloadsPerChange && change.DroppedPayloads.Count <= MaxPayloadsPerChange, "A change adds and drops at most 1,000 payloads.");
        long total = 0;
        for (int i = 0; i < change.AddedPayloads.Count; i++)
        {
            int length = change.AddedPayloads[i].Sealed.Length;
            Require(length is >= 16 and <= MaxPayloadBytes, "A sealed payload has 16 bytes to 64 KiB.");
            total += length;
        }

        return total;
    }

    private static void Require(bool condition, string rule)
    {
        if (!condition)
        {
            throw new ArgumentException(rule);
        }
    }
}
