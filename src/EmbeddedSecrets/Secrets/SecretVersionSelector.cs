namespace EmbeddedSecrets;

/// <summary>Which version of a secret to read. The default is the version that carries <c>ACSCurrent</c>.</summary>
public readonly struct SecretVersionSelector : IEquatable<SecretVersionSelector>
{
    private SecretVersionSelector(string? versionId, string? versionStage)
    {
        VersionId = versionId;
        VersionStage = versionStage;
    }

    /// <summary>Gets the selector of the version that carries <c>ACSCurrent</c>, the default.</summary>
    public static SecretVersionSelector Current => default;

    /// <summary>Gets the selector of the version that carries <c>ACSPrevious</c>.</summary>
    public static SecretVersionSelector Previous => new(null, SecretStages.Previous);

    /// <summary>Gets the version id that is asked for, or null.</summary>
    public string? VersionId { get; }

    /// <summary>Gets the stage that is asked for, or null.</summary>
    public string? VersionStage { get; }

    /// <summary>Selects the version that carries a stage.</summary>
    /// <param name="stage">The stage, 1 to 64 characters of <c>A-Z a-z 0-9 _ . -</c>.</param>
    /// <returns>The selector.</returns>
    /// <exception cref="ArgumentException">The stage name breaks its rule (SPEC D-4).</exception>
    public static SecretVersionSelector Stage(string stage)
    {
        Secrets.SecretRules.CheckStage(stage, nameof(stage));
        return new SecretVersionSelector(null, stage);
    }

    /// <summary>Selects a version by its id, whether it carries a stage or not.</summary>
    /// <param name="versionId">The version id, 1 to 64 characters.</param>
    /// <returns>The selector.</returns>
    /// <exception cref="ArgumentException">The version id breaks its rule (SPEC D-2).</exception>
    public static SecretVersionSelector Version(string versionId)
    {
        Secrets.SecretRules.CheckVersionId(versionId, nameof(versionId));
        return new SecretVersionSelector(versionId, null);
    }

    /// <summary>Selects a version by its id and requires that it carries a stage (SPEC D-13).</summary>
    /// <param name="versionId">The version id, 1 to 64 characters.</param>
    /// <param name="stage">The stage that it must carry; a mismatch is <c>InvalidParameter</c>.</param>
    /// <returns>The selector.</returns>
    /// <exception cref="ArgumentException">The version id or the stage breaks its rule.</exception>
    public static SecretVersionSelector VersionWithStage(string versionId, string stage)
    {
        Secrets.SecretRules.CheckVersionId(versionId, nameof(versionId));
        Secrets.SecretRules.CheckStage(stage, nameof(stage));
        return new SecretVersionSelector(versionId, stage);
    }

    /// <summary>Compares two selectors.</summary>
    /// <param name="left">One selector.</param>
    /// <param name="right">The other.</param>
    /// <returns>Whether they ask for the same version.</returns>
    public static bool operator ==(SecretVersionSelector left, SecretVersionSelector right) => left.Equals(right);

    /// <summary>Compares two selectors.</summary>
    /// <param name="left">One selector.</param>
    /// <param name="right">The other.</param>
    /// <returns>Whether they ask for different versions.</returns>
    public static bool operator !=(SecretVersionSelector left, SecretVersionSelector right) => !left.Equals(right);

    /// <inheritdoc/>
    public bool Equals(SecretVersionSelector other) =>
        string.Equals(VersionId, other.VersionId, StringComparison.Ordinal)
        && string.Equals(VersionStage, other.VersionStage, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is SecretVersionSelector other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(VersionId, VersionStage);

    /// <summary>Describes the selector for a message.</summary>
    /// <returns>The id, the stage, or both.</returns>
    public override string ToString() => (VersionId, VersionStage) switch
    {
        (null, null) => $"stage {SecretStages.Current}",
        (null, _) => $"stage {VersionStage}",
        (_, null) => $"version {VersionId}",
        _ => $"version {VersionId} with stage {VersionStage}",
    };
}
