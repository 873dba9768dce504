namespace EmbeddedSecrets;

/// <summary>One change of the store, as <see cref="SecretStore.WatchAsync"/> tells it. It never holds a value.</summary>
public sealed class SecretChange
{
    internal SecretChange(long sequence, SecretChangeKind kind, string? name, string? versionId)
    {
        Sequence = sequence;
        Kind = kind;
        Name = name;
        VersionId = versionId;
    }

    /// <summary>Gets the change sequence of the commit: watching goes on after it. Secrets that changed together have the same.</summary>
    public long Sequence { get; }

    /// <summary>Gets what happened.</summary>
    public SecretChangeKind Kind { get; }

    /// <summary>Gets the name of the secret, or null for <see cref="SecretChangeKind.Reload"/>.</summary>
    public string? Name { get; }

    /// <summary>
    /// Gets the version that was put, updated or destroyed, or to which <c>ACSCurrent</c> was moved; null where the change is
    /// about no one version.
    /// </summary>
    public string? VersionId { get; }

    /// <summary>Tells the kind and the sequence, and no name.</summary>
    /// <returns>Such as <c>ValuePut at 42</c>.</returns>
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Kind} at {Sequence}");
}
