namespace EmbeddedSecrets;

/// <summary>What a caller may say when putting a new version.</summary>
public sealed class PutSecretValueOptions
{
    /// <summary>Gets or sets the id of the new version. It makes the call idempotent: the same id with the same value succeeds and changes nothing.</summary>
    /// <value>1 to 64 characters of <c>A-Z a-z 0-9 _ / + = . @ -</c>; null for the next <c>v&lt;n&gt;</c>.</value>
    public string? VersionId { get; set; }

    /// <summary>Gets or sets the stages that the new version carries.</summary>
    /// <value>1 to 8 different stages; null for <c>ACSCurrent</c>. Not <c>ACSCurrent</c> and <c>ACSPrevious</c> together (SPEC D-12).</value>
    public IReadOnlyCollection<string>? Stages { get; set; }

    /// <summary>Gets or sets who writes the version, for its description.</summary>
    /// <value>At most 256 UTF-16 units without control characters; null for nobody in particular. It is not verified; a view of <see cref="SecretStore.WithPrincipal"/> writes its own caller.</value>
    public string? CreatedBy { get; set; }

    /// <summary>Gets or sets from when until when the version may be read.</summary>
    /// <value>Null for <see cref="SecretVersionValidity.Always"/>.</value>
    public SecretVersionValidity? Validity { get; set; }

    /// <summary>Gets or sets the revision that the secret must have now; otherwise the call fails with <c>Conflict.Revision</c>.</summary>
    /// <value>Null to change whatever is there. A replay of a version that exists already succeeds whatever is expected.</value>
    public SecretRevision? ExpectedRevision { get; set; }
}
