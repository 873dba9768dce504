namespace EmbeddedSecrets;

/// <summary>How <see cref="SecretStoreMaintenance.VerifyAsync"/> behaves.</summary>
public sealed class VerifyOptions
{
    /// <summary>Gets or sets the directory of the audit trail that is verified too.</summary>
    /// <value>The default is null: no audit trail. Given together with <see cref="AuditKeyFile"/> or not at all.</value>
    public string? AuditDirectory { get; set; }

    /// <summary>Gets or sets the file with the key of the audit trail.</summary>
    /// <value>The default is null.</value>
    public string? AuditKeyFile { get; set; }
}
