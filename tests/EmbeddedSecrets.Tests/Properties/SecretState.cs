namespace EmbeddedSecrets.Tests.Properties;

/// <summary>What the public descriptions say of one secret, as text that compares and prints well.</summary>
public sealed record SecretState(
    string Description,
    DateTimeOffset CreateTime,
    DateTimeOffset UpdateTime,
    DateTimeOffset? PlannedDeleteTime,
    IEnumerable<KeyValuePair<string, string>> Tags,
    IEnumerable<KeyValuePair<string, string>> Annotations,
    IEnumerable<VersionState> Versions,
    long RevisionNumber)
{
    public override string ToString()
    {
        return $"'{Description}' made {CreateTime:s} changed {UpdateTime:s} until {PlannedDeleteTime:s} "
            + $"tags {Join(Tags)} annotations {Join(Annotations)} revision {RevisionNumber}\n  {string.Join("\n  ", Versions)}";
    }

    private static string Join(IEnumerable<KeyValuePair<string, string>> pairs) => string.Join(',', pairs.Select(pair => $"{pair.Key}={pair.Value}"));
}

/// <summary>What the public description says of one version.</summary>
public sealed record VersionState(string VersionId, IEnumerable<string> Stages, SecretVersionState State, DateTimeOffset CreateTime, DateTimeOffset? ExpiresAt)
{
    public override string ToString() => $"{VersionId} [{string.Join(',', Stages)}] {State} made {CreateTime:s} expires {ExpiresAt:s}";
}
