namespace EmbeddedSecrets;

/// <summary>What is known of an encryption key, without its bytes. A snapshot: it does not follow later changes.</summary>
public sealed class EncryptionKeyDescription
{
    internal EncryptionKeyDescription()
    {
    }

    /// <summary>Gets the id, case-sensitive and unique in the store.</summary>
    public required string KeyId { get; init; }

    /// <summary>Gets what may be done with the key.</summary>
    public required EncryptionKeyState State { get; init; }

    /// <summary>Gets the number of the generation under which new versions are written.</summary>
    public required long CurrentGeneration { get; init; }

    /// <summary>Gets the generations in ascending order of their numbers; the older ones are there for reading.</summary>
    public required IReadOnlyList<EncryptionKeyGeneration> Generations { get; init; }

    /// <summary>Gets when the key was created, in UTC.</summary>
    public required DateTimeOffset CreateTime { get; init; }

    /// <summary>Gets the end of the window after which the key is removed, in UTC, or null for a key that is not scheduled for deletion. A key that is in use stays beyond it.</summary>
    public required DateTimeOffset? PlannedDeleteTime { get; init; }

    /// <summary>Gets the description, or the empty string.</summary>
    public required string Description { get; init; }

    /// <summary>Gets after which time the key is rotated by itself, or null.</summary>
    public required TimeSpan? RotationPeriod { get; init; }

    /// <summary>Gets when the key is due to be rotated by itself, in UTC, or null for a key that has no period or is not enabled.</summary>
    public required DateTimeOffset? NextRotationTime { get; init; }

    /// <summary>Gets the id of the request that answered.</summary>
    public required string RequestId { get; init; }
}
