namespace EmbeddedSecrets;

/// <summary>How <see cref="SecretStoreMaintenance.RestoreAsync"/> behaves.</summary>
public sealed class RestoreBackupOptions
{
    /// <summary>Gets or sets a value indicating whether a store that is in the directory already is replaced. It must not be open anywhere.</summary>
    /// <value>The default is <see langword="false"/>: a store that is there is left as it is.</value>
    public bool Overwrite { get; set; }

    /// <summary>Gets or sets the rollback anchor of the store, which is moved to the restored state.</summary>
    /// <value>The default is null: the store has no anchor.</value>
    public IRollbackAnchor? RollbackAnchor { get; set; }
}
