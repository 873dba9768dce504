namespace EmbeddedSecrets;

/// <summary>What an import did; after a dry run, what it would have done to the store as it was.</summary>
public sealed class ImportResult
{
    internal ImportResult()
    {
    }

    /// <summary>Gets how many secrets the store did not have.</summary>
    public required long Created { get; init; }

    /// <summary>Gets how many secrets of the store were replaced.</summary>
    public required long Overwritten { get; init; }

    /// <summary>Gets how many secrets of the store got a new version.</summary>
    public required long NewVersions { get; init; }

    /// <summary>Gets how many secrets of the store were left as they are, though the bundle has them otherwise.</summary>
    public required long Skipped { get; init; }

    /// <summary>Gets how many secrets were equal already, as after an import that was interrupted.</summary>
    public required long Unchanged { get; init; }
}
