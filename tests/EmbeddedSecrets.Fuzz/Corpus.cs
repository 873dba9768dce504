using System.Security.Cryptography;
using EmbeddedSecrets.Fuzz.Targets;

namespace EmbeddedSecrets.Fuzz;

/// <summary>The targets, and their inputs on the disk: a folder a target.</summary>
internal static class Corpus
{
    public static IReadOnlyList<FuzzTarget> Targets { get; } =
        [.. LogTargets.All, .. IndexTargets.All, .. KeyTargets.All, .. RecordTargets.All, .. AnchorTargets.All, .. TextTargets.All, .. BundleTargets.All];

    public static FuzzTarget Find(string name) =>
        Targets.FirstOrDefault(target => target.Name == name) ?? throw new ArgumentException($"There is no target '{name}'; 'list' names them.", nameof(name));

    public static IEnumerable<string> Files(string folder, FuzzTarget target)
    {
        string path = Path.Combine(folder, target.Name);
        return Directory.Exists(path) ? Directory.EnumerateFiles(path).Order(StringComparer.Ordinal) : [];
    }

    /// <summary>Writes the seeds of every target. Those with random parts differ each time.</summary>
    public static void WriteSeeds(string folder)
    {
        foreach (FuzzTarget target in Targets)
        {
            string path = Directory.CreateDirectory(Path.Combine(folder, target.Name)).FullName;
            foreach ((string name, byte[] bytes) in target.Seeds())
            {
                File.WriteAllBytes(Path.Combine(path, "seed-" + name), bytes);
            }
        }
    }

    /// <summary>Keeps an input that is a finding, named by its hash.</summary>
    public static string Keep(string folder, FuzzTarget target, byte[] input)
    {
        string path = Directory.CreateDirectory(Path.Combine(folder, target.Name)).FullName;
        path = Path.Combine(path, "found-" + Convert.ToHexStringLower(SHA256.HashData(input).AsSpan(0, 6)));
        File.WriteAllBytes(path, input);
        return path;
    }
}
