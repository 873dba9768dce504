namespace EmbeddedSecrets;

/// <summary>What is known of one version of a secret, without its value. A snapshot: it does not follow later changes.</summary>
public sealed class SecretVersionDescription
{
    internal SecretVersionDescription()
    {
    }

    /// <summary>Gets the name of the secret.</summary>
    public required string SecretName { get; init; }

    /// <summary>Gets the id of the version, unique within the secret.</summary>
    public required string VersionId { get; init; }

    /// <summary>Gets the stages that the version carries, in ordinal order; empty for a version that the next eviction may take.</summary>
    public required IReadOnlyList<string> Stages { get; init; }

    /// <summary>Gets what the value is.</summary>
    public required SecretValueKind ValueKind { get; init; }

    /// <summary>Gets what may be done with the version.</summary>
    public required SecretVersionState State { get; init; }

    /// <summary>Gets from when until when the value may be read.</summary>
    public required SecretVersionValidity Validity { get; init; }

    /// <summary>Gets when the version was written, in UTC.</summary>
    public required DateTimeOffset CreateTime { get; init; }

    /// <summary>Gets who wrote the version, as the writer said, or null.</summary>
    public required string? CreatedBy { get; init; }

    /// <summary>Gets the revision of the secret, for compare-and-set.</summary>
    public required SecretRevision Revision { get; init; }

    /// <summary>Gets the id of the operation that answered with this description.</summary>
    public required string RequestId { get; init; }
}
