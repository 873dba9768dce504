namespace EmbeddedSecrets;

/// <summary>What a caller may say when moving a stage.</summary>
public sealed class UpdateStageOptions
{
    /// <summary>Gets or sets the revision that the secret must have now; otherwise the call fails with <c>Conflict.Revision</c>.</summary>
    /// <value>Null to change whatever is there.</value>
    public SecretRevision? ExpectedRevision { get; set; }
}
