namespace EmbeddedSecrets.Benchmarks.Growth;

/// <summary>Keeps the newest versions, fewer than the ring may: so that puts do not let a store of few secrets grow while they are measured.</summary>
internal sealed class NewestVersions(int count) : IVersionLog
{
    /// <summary>The newest version and the one before it have stages, and stay.</summary>
    private const int Least = 2;

    private readonly int _capacity = Math.Max(Least, count);

    public IReadOnlyList<string> Evict(IReadOnlyList<SecretVersion> versions) =>
    [
        .. versions.Take(versions.Count - 1)
            .Where(static version => version.Stages.Count == 0)
            .Take(Math.Max(0, versions.Count - _capacity))
            .Select(static version => version.VersionId),
    ];
}
