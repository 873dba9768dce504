namespace EmbeddedSecrets;

/// <summary>What a caller may say when changing the tags of several secrets.</summary>
public sealed class TagOptions
{
    /// <summary>Gets or sets the revisions that the secrets must have now, by name; if one differs, nothing changes and the call fails with <c>Conflict.Revision</c>.</summary>
    /// <value>Names that are not in it are changed whatever their revision; null for all of them. A name that the call does not change is an error.</value>
    public IReadOnlyDictionary<string, SecretRevision>? ExpectedRevisions { get; set; }
}
