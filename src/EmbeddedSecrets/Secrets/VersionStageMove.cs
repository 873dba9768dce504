namespace EmbeddedSecrets;

/// <summary>What <see cref="SecretStore.UpdateSecretVersionStageAsync"/> does with a stage (SPEC section 2.4). Immutable.</summary>
public sealed class VersionStageMove
{
    private VersionStageMove(string? from, string? to)
    {
        FromVersionId = from;
        ToVersionId = to;
    }

    /// <summary>Gets the version that must carry the stage now and loses it, or null.</summary>
    public string? FromVersionId { get; }

    /// <summary>Gets the version that carries the stage afterwards, or null when the stage is removed.</summary>
    public string? ToVersionId { get; }

    /// <summary>Puts the stage on a version, wherever it is now.</summary>
    /// <param name="versionId">The version that carries the stage afterwards.</param>
    /// <returns>The move.</returns>
    /// <exception cref="ArgumentException">The version id breaks its rule (SPEC D-2).</exception>
    public static VersionStageMove To(string versionId)
    {
        Secrets.SecretRules.CheckVersionId(versionId, nameof(versionId));
        return new VersionStageMove(null, versionId);
    }

    /// <summary>Moves the stage from one version to another, and fails if it is not on the first: a compare-and-set.</summary>
    /// <param name="fromVersionId">The version that must carry the stage now.</param>
    /// <param name="toVersionId">The version that carries the stage afterwards.</param>
    /// <returns>The move.</returns>
    /// <exception cref="ArgumentException">A version id breaks its rule (SPEC D-2).</exception>
    public static VersionStageMove FromTo(string fromVersionId, string toVersionId)
    {
        Secrets.SecretRules.CheckVersionId(fromVersionId, nameof(fromVersionId));
        Secrets.SecretRules.CheckVersionId(toVersionId, nameof(toVersionId));
        return new VersionStageMove(fromVersionId, toVersionId);
    }

    /// <summary>Takes a stage of the caller's own off a version. <c>ACSCurrent</c> and <c>ACSPrevious</c> can only be moved.</summary>
    /// <param name="versionId">The version that must carry the stage now.</param>
    /// <returns>The move.</returns>
    /// <exception cref="ArgumentException">The version id breaks its rule (SPEC D-2).</exception>
    public static VersionStageMove RemoveFrom(string versionId)
    {
        Secrets.SecretRules.CheckVersionId(versionId, nameof(versionId));
        return new VersionStageMove(versionId, null);
    }
}
