using System.Collections.Immutable;

namespace EmbeddedSecrets.Secrets;

/// <summary>
/// A secret as the domain knows it: its metadata and its versions, without values. Immutable; transitions make a new one.
/// </summary>
internal sealed record Secret
{
    public required string Name { get; init; }

    /// <summary>16 random bytes drawn at creation, so that a name that is used again is not the same secret.</summary>
    public required UniqueId Incarnation { get; init; }

    /// <summary>Counts the changes that callers made; the number inside <see cref="Revision"/>.</summary>
    public required long RevisionNumber { get; init; }

    public required string Description { get; init; }

    public required string EncryptionKeyId { get; init; }

    public required DateTimeOffset CreateTime { get; init; }

    public required DateTimeOffset UpdateTime { get; init; }

    public required DateTimeOffset? PlannedDeleteTime { get; init; }

    public required string? CreatedBy { get; init; }

    /// <summary>In ordinal order of the keys.</summary>
    public required ImmutableSortedDictionary<string, string> Tags { get; init; }

    /// <summary>In ordinal order of the keys.</summary>
    public required ImmutableSortedDictionary<string, string> Annotations { get; init; }

    /// <summary>1 to 10 versions in ascending order of <see cref="SecretVersion.Sequence"/>.</summary>
    public required ImmutableArray<SecretVersion> Versions { get; init; }

    /// <summary>The newest 100 ids of evicted versions, oldest first (SPEC D-10). Nobody changes the array.</summary>
    public required RetiredVersionId[] RetiredVersionIds { get; init; }

    /// <summary>The sequence of the version written last; the next one gets one more. Never goes back.</summary>
    public required long LastSequence { get; init; }

    /// <summary>The n of the last version id <c>v&lt;n&gt;</c> that the store chose; 0 for none. Never goes back.</summary>
    public required long LastChosenVersionId { get; init; }

    /// <summary>What the last change did; written when it is sealed.</summary>
    public LastChange LastChange { get; init; }

    /// <summary>The policy; null for none.</summary>
    public PolicyReference? Policy { get; init; }

    /// <summary>The day of the last read that was written down, as <see cref="DateOnly.DayNumber"/> in UTC; 0 for none.</summary>
    public int LastAccessDay { get; init; }

    public SecretRevision Revision => new(Incarnation, RevisionNumber);
}

/// <summary>What is kept of the id of an evicted version: a keyed hash, so that a late retry cannot bring its value back.</summary>
internal readonly record struct RetiredVersionId(ulong Hash, long Sequence);
