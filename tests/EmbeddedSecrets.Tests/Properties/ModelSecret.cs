namespace EmbeddedSecrets.Tests.Properties;

/// <summary>A secret of <see cref="SecretModel"/>: versions in the order of writing, stages as pointers.</summary>
internal sealed class ModelSecret
{
    public string Description { get; set; } = "";

    public DateTimeOffset Created { get; set; }

    public DateTimeOffset Changed { get; set; }

    public DateTimeOffset? PlannedDeleteTime { get; set; }

    public SortedDictionary<string, string> Tags { get; set; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, string> Annotations { get; set; } = new(StringComparer.Ordinal);

    public List<ModelVersion> Versions { get; } = [];

    public Dictionary<string, string> Stages { get; set; } = [];

    public List<string> Retired { get; } = [];

    public long LastV { get; set; }

    public long Revision { get; set; }

    public ModelVersion Find(string id) => Versions.Find(v => v.Id == id) ?? throw new Refused("Forbidden.ResourceNotFound");

    public SecretState Observe()
    {
        return new SecretState(
            Description, Created, Changed, PlannedDeleteTime, Tags, Annotations,
            Versions.Select(v => new VersionState(
                v.Id,
                Stages.Where(stage => stage.Value == v.Id).Select(stage => stage.Key).Order(StringComparer.Ordinal),
                v.State, v.Created, v.Expires)),
            Revision);
    }
}

/// <summary>A version of <see cref="SecretModel"/>.</summary>
internal sealed class ModelVersion
{
    public required string Id { get; init; }

    public required string Value { get; init; }

    public required DateTimeOffset Created { get; init; }

    public SecretVersionState State { get; set; } = SecretVersionState.Enabled;

    public DateTimeOffset? Expires { get; set; }
}

/// <summary>The model refuses an operation; the message is the code.</summary>
internal sealed class Refused(string code) : Exception(code);
