namespace EmbeddedSecrets;

/// <summary>How <see cref="SecretStoreMaintenance.ImportAsync"/> behaves.</summary>
public sealed class ImportOptions
{
    /// <summary>Gets or sets what is done with a secret that the store has already and that is not equal.</summary>
    /// <value>The default is <see cref="ImportConflict.Fail"/>.</value>
    public ImportConflict OnConflict { get; set; }

    /// <summary>Gets or sets a value indicating whether the bundle is verified and compared, and nothing is written.</summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool DryRun { get; set; }

    /// <summary>Gets or sets the encryption key under which the imported secrets are put.</summary>
    /// <value>
    /// The id of a key that the key provider knows; null, the default, for the key that a secret had where it was exported, if
    /// the key ring of this store has one of that id, else for <see cref="SecretStoreOptions.DefaultEncryptionKeyId"/>.
    /// </value>
    public string? EncryptionKeyId { get; set; }
}
