using System.Text.Json;
using System.Text.Json.Nodes;

namespace EmbeddedSecrets.Tests.Golden;

/// <summary>All that a store holds, as JSON: the form that the reader of the format prints too.</summary>
internal static class GoldenManifest
{
    /// <summary>What the store answers where no policy was set.</summary>
    private const string NoPolicy = """{"Version":"1","Statement":[{"Effect":"Allow","Principal":{"RAM":["*"]},"Action":["kms:*"],"Resource":["*"]}]}""";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <param name="store">The store.</param>
    /// <param name="known">Gives the value of a version that cannot be read as it stands, in base64; null where there is none.</param>
    public static async Task<JsonArray> DescribeAsync(SecretStore store, Func<string, string, string?> known)
    {
        var secrets = new JsonArray();
        await foreach (SecretDescription secret in store.ListSecretsAsync())
        {
            var versions = new JsonArray();
            foreach (SecretVersionDescription version in await store.ListSecretVersionIdsAsync(secret.Name, includeDeprecated: true))
            {
                versions.Add(new JsonObject
                {
                    ["id"] = version.VersionId,
                    ["stages"] = new JsonArray([.. version.Stages.Order(StringComparer.Ordinal).Select(static stage => JsonValue.Create(stage))]),
                    ["state"] = Lower(version.State),
                    ["kind"] = Lower(version.ValueKind),
                    ["value"] = await ReadAsync(store, secret.Name, version.VersionId, known),
                });
            }

            secrets.Add(new JsonObject
            {
                ["name"] = secret.Name,
                ["description"] = secret.Description,
                ["keyId"] = secret.EncryptionKeyId,
                ["tags"] = Pairs(secret.Tags),
                ["annotations"] = Pairs(secret.Annotations),
                ["plannedDeletion"] = secret.PlannedDeleteTime?.UtcTicks,
                ["lastReadDay"] = secret.LastAccessDay?.DayNumber ?? 0,
                ["policy"] = await PolicyAsync(store, secret),
                ["versions"] = new JsonArray([.. versions.OrderBy(static version => (string)version!["id"]!, StringComparer.Ordinal).Select(static version => version!.DeepClone())]),
            });
        }

        return secrets;
    }

    /// <summary>The value that a manifest tells of a version.</summary>
    public static Func<string, string, string?> ValuesOf(string manifest)
    {
        JsonArray secrets = JsonNode.Parse(manifest)!.AsArray();
        return (name, id) => (string?)secrets.Single(secret => (string)secret!["name"]! == name)!["versions"]!.AsArray().Single(version => (string)version!["id"]! == id)!["value"];
    }

    public static string Print(JsonArray secrets) => secrets.ToJsonString(Indented) + "\n";

    /// <summary>The same text for the same content, whoever has written it.</summary>
    public static string Normalize(string json) => JsonNode.Parse(json)!.ToJsonString(Indented);

    private static string Lower<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();

    private static JsonObject Pairs(IReadOnlyDictionary<string, string> pairs) =>
        new(pairs.OrderBy(static pair => pair.Key, StringComparer.Ordinal).Select(static pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value)));

    private static async Task<string?> ReadAsync(SecretStore store, string name, string id, Func<string, string, string?> known)
    {
        try
        {
            using SecretValueResult result = await store.GetSecretValueAsync(name, SecretVersionSelector.Version(id));
            return Convert.ToBase64String(result.Value.Span);
        }
        catch (SecretStoreException exception) when (exception is SecretUnavailableException or SecretConflictException)
        {
            return known(name, id);
        }
    }

    private static async Task<string?> PolicyAsync(SecretStore store, SecretDescription secret)
    {
        string policy = secret.PlannedDeleteTime is null ? await store.GetSecretPolicyAsync(secret.Name) : string.Empty;
        return policy is "" or NoPolicy ? null : policy;
    }
}
