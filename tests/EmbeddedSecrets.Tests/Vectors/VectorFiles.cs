using System.Text.Json;

namespace EmbeddedSecrets.Tests.Vectors;

/// <summary>The published vectors: in the folder that EMBEDDEDSECRETS_VECTORS names, else in ../shared/vectors beside the repository.</summary>
internal static class VectorFiles
{
    public static string Find(string name)
    {
        string? folder = Environment.GetEnvironmentVariable("EMBEDDEDSECRETS_VECTORS");
        if (string.IsNullOrEmpty(folder))
        {
            DirectoryInfo? root = new(AppContext.BaseDirectory);
            while (root is not null && !File.Exists(Path.Combine(root.FullName, "SecretStore.sln")))
            {
                root = root.Parent;
            }

            folder = root is null ? "." : Path.Combine(root.FullName, "../shared/vectors");
        }

        string path = Path.Combine(folder, name);
        if (!File.Exists(path))
        {
            Assert.Ignore($"The vector file {name} is not there; set EMBEDDEDSECRETS_VECTORS to the folder that holds it.");
        }

        return path;
    }

    public static IEnumerable<(JsonElement Group, JsonElement Test)> Wycheproof(string name)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Find("wycheproof/" + name)));
        return [.. document.RootElement.GetProperty("testGroups").EnumerateArray().SelectMany(
            group => group.GetProperty("tests").EnumerateArray().Select(test => (group.Clone(), test.Clone())))];
    }

    public static byte[] Hex(this JsonElement element, string property) => Convert.FromHexString(element.GetProperty(property).GetString()!);
}
