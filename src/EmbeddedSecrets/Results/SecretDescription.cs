namespace EmbeddedSecrets;

/// <summary>What is known of a secret, without its values. A snapshot: it does not follow later changes.</summary>
public sealed class SecretDescription
{
    internal SecretDescription()
    {
    }

    /// <summary>Gets the name, case-sensitive and unique in the store.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the description, or the empty string.</summary>
    public required string Description { get; init; }

    /// <summary>Gets the id of the encryption key under which the data keys of the secret are wrapped.</summary>
    public required string EncryptionKeyId { get; init; }

    /// <summary>Gets when the secret was created, in UTC.</summary>
    public required DateTimeOffset CreateTime { get; init; }

    /// <summary>Gets when a caller last changed the secret, in UTC.</summary>
    public required DateTimeOffset UpdateTime { get; init; }

    /// <summary>Gets the end of the recovery window, in UTC, or null for a secret that is not scheduled for deletion.</summary>
    public required DateTimeOffset? PlannedDeleteTime { get; init; }

    /// <summary>Gets who created the secret, as the creator said, or null.</summary>
    public required string? CreatedBy { get; init; }

    /// <summary>Gets the tags, at most 20, in ordinal order of their keys.</summary>
    public required IReadOnlyDictionary<string, string> Tags { get; init; }

    /// <summary>Gets the annotations, at most 64, in ordinal order of their keys.</summary>
    public required IReadOnlyDictionary<string, string> Annotations { get; init; }

    /// <summary>Gets the version of every stage, in ordinal order of the stages. <c>ACSCurrent</c> is always there.</summary>
    public required IReadOnlyDictionary<string, string> VersionIdsByStage { get; init; }

    /// <summary>
    /// Gets the last day, in UTC, on which a value of the secret was read; null for none that is known. Another process tells of
    /// its reads within the hour, and when it closes the store.
    /// </summary>
    public required DateOnly? LastAccessDay { get; init; }

    /// <summary>Gets the revision, for compare-and-set.</summary>
    public required SecretRevision Revision { get; init; }

    /// <summary>Gets the id of the operation that answered with this description.</summary>
    public required string RequestId { get; init; }

    /// <summary>Gets the id of the version that carries <c>ACSCurrent</c>.</summary>
    public string CurrentVersionId => VersionIdsByStage[SecretStages.Current];
}
