namespace EmbeddedSecrets;

/// <summary>How <see cref="SecretStoreMaintenance.VerifyAsync"/> behaves.</summary>
public sealed class VerifyOptions
{
    /// <summary>Gets or sets who is told how far it is, on any thread.</summary>
    /// <value>The default is null: nobody.</value>
    public IProgress<VerificationProgress>? Progress { get; set; }
}
