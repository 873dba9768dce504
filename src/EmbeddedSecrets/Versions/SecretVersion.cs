namespace EmbeddedSecrets;

/// <summary>
/// One version of a secret as the domain and an <see cref="IVersionLog"/> see it: everything but the value. Immutable; a
/// stored value never changes (SPEC I7), only what is said about the version does.
/// </summary>
public sealed record SecretVersion
{
    internal SecretVersion()
    {
    }

    /// <summary>Gets the id of the version, unique within the secret.</summary>
    public required string VersionId { get; init; }

    /// <summary>Gets the number of the version in the order of writing: it starts at 1, grows by one and is never used again.</summary>
    public required long Sequence { get; init; }

    /// <summary>Gets when the version was written, in UTC. Order is by <see cref="Sequence"/>, never by time (SPEC D-20).</summary>
    public required DateTimeOffset CreateTime { get; init; }

    /// <summary>Gets the stages that the version carries, in ordinal order.</summary>
    public required IReadOnlyList<string> Stages { get; init; }

    /// <summary>Gets what may be done with the version.</summary>
    public required SecretVersionState State { get; init; }

    /// <summary>Gets what the value is.</summary>
    public required SecretValueKind ValueKind { get; init; }

    /// <summary>Gets from when until when the value may be read.</summary>
    public required SecretVersionValidity Validity { get; init; }

    /// <summary>Gets who wrote the version, as the writer said, or null.</summary>
    public required string? CreatedBy { get; init; }

    /// <summary>Gets where the sealed value is and under which data key; null between the transition and the sealing, and once destroyed.</summary>
    internal Envelope.SealedContent? Content { get; init; }
}
