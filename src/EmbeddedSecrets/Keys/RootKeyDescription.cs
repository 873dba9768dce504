namespace EmbeddedSecrets;

/// <summary>What is known of one of the root keys that open a store. A snapshot: it does not follow later changes.</summary>
public sealed class RootKeyDescription
{
    internal RootKeyDescription()
    {
    }

    /// <summary>Gets the id that the store gave to the root key: 16 characters of <c>0-9 a-f</c>, unique in the store and never used again.</summary>
    public required string RootKeyId { get; init; }

    /// <summary>Gets the kind, as <see cref="IRootKey.Kind"/> has it. It stands in clear in the files.</summary>
    public required string Kind { get; init; }

    /// <summary>Gets when the root key was added, in UTC.</summary>
    public required DateTimeOffset CreateTime { get; init; }

    /// <summary>Gets the description, or the empty string.</summary>
    public required string Description { get; init; }

    /// <summary>Gets a value indicating whether this instance of the store was opened with this root key.</summary>
    public required bool IsInUse { get; init; }

    /// <summary>Gets the id of the call that made this answer.</summary>
    public required string RequestId { get; init; }
}
