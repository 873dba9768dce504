namespace EmbeddedSecrets;

/// <summary>What <see cref="SecretStore.UpdateSecretVersionAsync"/> changes. What is null stays as it is.</summary>
public sealed class UpdateSecretVersionOptions
{
    /// <summary>Gets or sets whether the value may be read.</summary>
    /// <value><see langword="false"/> disables the version, <see langword="true"/> enables it again, null keeps it as it is. The version of <c>ACSCurrent</c> cannot be disabled.</value>
    public bool? Enabled { get; set; }

    /// <summary>Gets or sets from when until when the value may be read.</summary>
    /// <value>It takes the place of the old validity; <see cref="SecretVersionValidity.Always"/> removes it; null keeps it.</value>
    public SecretVersionValidity? Validity { get; set; }

    /// <summary>Gets or sets the revision that the secret must have now; otherwise the call fails with <c>Conflict.Revision</c>.</summary>
    /// <value>Null to change whatever is there.</value>
    public SecretRevision? ExpectedRevision { get; set; }
}
