namespace EmbeddedSecrets;

/// <summary>What <see cref="SecretStore.UpdateSecretAsync"/> changes. What is null stays as it is.</summary>
public sealed class UpdateSecretOptions
{
    /// <summary>Gets or sets the new description.</summary>
    /// <value>At most 8,192 UTF-16 units; the empty string removes it; null keeps it.</value>
    public string? Description { get; set; }

    /// <summary>Gets or sets the new annotations, which take the place of all old ones.</summary>
    /// <value>At most 64; key 1 to 128 and value 0 to 1,024 UTF-16 units; empty removes them; null keeps them.</value>
    public IReadOnlyDictionary<string, string>? Annotations { get; set; }

    /// <summary>Gets or sets the encryption key to which the secret moves: the data keys of all its versions are wrapped again under it, in the same commit. Values are not touched.</summary>
    /// <value>The id of a key that the key provider knows and that can be used, as must the key that the secret has now; null keeps it.</value>
    public string? EncryptionKeyId { get; set; }

    /// <summary>Gets or sets the revision that the secret must have now; otherwise the call fails with <c>Conflict.Revision</c>.</summary>
    /// <value>Null to change whatever is there.</value>
    public SecretRevision? ExpectedRevision { get; set; }
}
