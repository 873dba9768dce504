namespace EmbeddedSecrets;

/// <summary>What a caller may say when rewrapping.</summary>
public sealed class RewrapOptions
{
    /// <summary>Gets or sets the encryption key whose data keys are rewrapped.</summary>
    /// <value>The id of a key; null for all keys, the one that the store keeps for itself included.</value>
    public string? KeyId { get; set; }
}
