namespace EmbeddedSecrets;

/// <summary>What a caller may say when deleting a secret.</summary>
public sealed class DeleteSecretOptions
{
    /// <summary>Gets or sets the revision that the secret must have now; otherwise the call fails with <c>Conflict.Revision</c>.</summary>
    /// <value>Null to change whatever is there.</value>
    public SecretRevision? ExpectedRevision { get; set; }

    /// <summary>Gets or sets for how long the secret must not have been read; otherwise the call fails with <c>Rejected.ResourceInUse</c>, so that nobody deletes what is in use.</summary>
    /// <value>Up to 3,650 days, counted in whole days of UTC, today being the first; null not to look. Reads in another process are known within the hour.</value>
    public TimeSpan? RefuseIfReadWithin { get; set; }
}
