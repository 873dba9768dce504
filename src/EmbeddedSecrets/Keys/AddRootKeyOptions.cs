namespace EmbeddedSecrets;

/// <summary>What a caller may say when adding a root key.</summary>
public sealed class AddRootKeyOptions
{
    /// <summary>Gets or sets the description, such as where the root key is kept. It is not readable without a root key.</summary>
    /// <value>At most 1,024 UTF-16 units; null for none.</value>
    public string? Description { get; set; }
}
