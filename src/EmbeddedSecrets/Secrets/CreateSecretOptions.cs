namespace EmbeddedSecrets;

/// <summary>What a caller may say when creating a secret.</summary>
public sealed class CreateSecretOptions
{
    /// <summary>Gets or sets the id of the first version.</summary>
    /// <value>1 to 64 characters of <c>A-Z a-z 0-9 _ / + = . @ -</c>; null for <c>v1</c>.</value>
    public string? VersionId { get; set; }

    /// <summary>Gets or sets the description.</summary>
    /// <value>At most 8,192 UTF-16 units; null for none.</value>
    public string? Description { get; set; }

    /// <summary>Gets or sets the encryption key under which the data keys of the secret are wrapped.</summary>
    /// <value>The id of a key that the key provider knows; null for <see cref="SecretStoreOptions.DefaultEncryptionKeyId"/>.</value>
    public string? EncryptionKeyId { get; set; }

    /// <summary>Gets or sets the tags.</summary>
    /// <value>At most 20; key 1 to 128 and value 0 to 128 UTF-16 units of letters, digits, spaces and <c>/ \ _ - . + = : @</c>; a key begins neither with <c>aliyun</c> nor with <c>acs:</c>.</value>
    public IReadOnlyDictionary<string, string>? Tags { get; set; }

    /// <summary>Gets or sets the annotations: free text that the store keeps and never looks at.</summary>
    /// <value>At most 64; key 1 to 128 and value 0 to 1,024 UTF-16 units.</value>
    public IReadOnlyDictionary<string, string>? Annotations { get; set; }

    /// <summary>Gets or sets who creates the secret, for the description.</summary>
    /// <value>At most 256 UTF-16 units without control characters; null for nobody in particular. It is not verified; a view of <see cref="SecretStore.WithPrincipal"/> writes its own caller.</value>
    public string? CreatedBy { get; set; }

    /// <summary>Gets or sets from when until when the first version may be read.</summary>
    /// <value>Null for <see cref="SecretVersionValidity.Always"/>.</value>
    public SecretVersionValidity? Validity { get; set; }

    /// <summary>Gets or sets the policy of the secret, as <see cref="SecretStore.SetSecretPolicyAsync"/> takes it.</summary>
    /// <value>At most 32,768 bytes of UTF-8; null for none. It does not bind the creation itself.</value>
    public string? Policy { get; set; }

    /// <summary>Gets or sets what happens when the name belongs to a secret that is scheduled for deletion.</summary>
    /// <value>The default is <see cref="ScheduledDeletionBehavior.Fail"/>.</value>
    public ScheduledDeletionBehavior IfScheduledForDeletion { get; set; }

    /// <summary>Gets or sets the revision that the secret to be restored must have now; otherwise, or where there is none, the call fails with <c>Conflict.Revision</c>.</summary>
    /// <value>Null to restore whatever is there, or to create.</value>
    public SecretRevision? ExpectedRevision { get; set; }
}
