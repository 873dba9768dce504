namespace EmbeddedSecrets;

/// <summary>What a caller may say when creating an encryption key.</summary>
public sealed class CreateKeyOptions
{
    /// <summary>Gets or sets the description.</summary>
    /// <value>At most 8,192 UTF-16 units; null for none.</value>
    public string? Description { get; set; }

    /// <summary>Gets or sets after which time the key is rotated by itself, counted from its current generation.</summary>
    /// <value>1 to 3,650 days (10 years); null for a key that is rotated by hand only.</value>
    public TimeSpan? RotationPeriod { get; set; }
}
