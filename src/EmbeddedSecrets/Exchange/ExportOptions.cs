namespace EmbeddedSecrets;

/// <summary>What <see cref="SecretStoreMaintenance.ExportAsync"/> writes. At most one of prefix and names can be given; neither stands for the whole store.</summary>
public sealed class ExportOptions
{
    /// <summary>Gets or sets how the names of the exported secrets begin.</summary>
    /// <value>Null for any name, the default.</value>
    public string? NamePrefix { get; set; }

    /// <summary>Gets or sets the secrets that are exported. Each must exist.</summary>
    /// <value>Any number of names; null for all secrets, the default.</value>
    public IReadOnlyCollection<string>? Names { get; set; }

    /// <summary>Gets or sets a value indicating whether of each secret only the version with <c>ACSCurrent</c> is exported.</summary>
    /// <value>The default is <see langword="false"/>: all versions.</value>
    public bool CurrentVersionsOnly { get; set; }
}
