using System.Text.Json;
using System.Text.Json.Serialization;
using EmbeddedSecrets.Benchmarks.Growth;

namespace EmbeddedSecrets.Benchmarks.Reporting;

/// <summary>What one run found, in a file, so that several runs can be put together.</summary>
internal sealed record SavedRun(string Machine, bool IsQuick, IReadOnlyList<SavedRow> Rows, IReadOnlyList<GrowthPoint> Growth)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    public static SavedRun Read(string file)
    {
        SavedRun? run = JsonSerializer.Deserialize<SavedRun>(File.ReadAllText(file), Json);
        return run is { Rows: not null, Growth: not null, Machine: not null } ? run : throw new InvalidDataException($"'{file}' is no saved run.");
    }

    /// <summary>Replaces the file.</summary>
    public void Write(string file)
    {
        if (Path.GetDirectoryName(Path.GetFullPath(file)) is { } directory)
        {
            Directory.CreateDirectory(directory);
        }

        File.WriteAllText(file, JsonSerializer.Serialize(this, Json) + "\n");
    }
}
