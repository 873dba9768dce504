namespace EmbeddedSecrets.Tests.Properties;

/// <summary>Which revision a call says it expects.</summary>
public enum Expectation
{
    None,

    /// <summary>The revision that the secret has now.</summary>
    Present,

    /// <summary>A revision that no secret has.</summary>
    Stale,
}

/// <summary>One step of a random history. Says what is called, not how: the core, the facade and the model all play it.</summary>
public abstract record Operation(string Name)
{
    public sealed record Create(string Name, string? VersionId, string Value, string? Description, (string Key, string Value)[]? Tags, bool RestoreScheduled) : Operation(Name);

    public sealed record Put(string Name, string? VersionId, string Value, string[]? Stages, Expectation Expected) : Operation(Name);

    public sealed record Read(string Name, string? VersionId, string? Stage) : Operation(Name);

    /// <summary>To a version, from a version, or both; at least one is given.</summary>
    public sealed record MoveStage(string Name, string Stage, string? From, string? To, Expectation Expected) : Operation(Name);

    public sealed record Describe(string Name, string? Description, (string Key, string Value)[]? Annotations, Expectation Expected) : Operation(Name);

    /// <summary>The validity ends so many days from now; 0 for never.</summary>
    public sealed record UpdateVersion(string Name, string VersionId, bool? Enabled, int? ExpiresInDays, Expectation Expected) : Operation(Name);

    public sealed record Destroy(string Name, string VersionId, Expectation Expected) : Operation(Name);

    /// <summary>After 7 to 30 days; null for at once.</summary>
    public sealed record Delete(string Name, int? Days, Expectation Expected) : Operation(Name);

    public sealed record Restore(string Name, Expectation Expected) : Operation(Name);

    public sealed record ChangeTags(string Name, (string Key, string Value)[] Set, string[] Remove, Expectation Expected) : Operation(Name);

    /// <summary>Time passes.</summary>
    public sealed record Wait(int Days) : Operation(string.Empty);
}
