using System.Text.Json;

namespace EmbeddedSecrets.Policies;

/// <summary>The pieces of JSON that a policy is made of, each refused with its place and never with its content.</summary>
internal static class PolicyJson
{
    public const string Parameter = "policy";

    public static ArgumentException Refused(string rule) => Refused(rule, Parameter);

    /// <summary>An object with exactly these members, the optional ones or not.</summary>
    public static Dictionary<string, JsonElement> Members(JsonElement element, string where, string[] required, string[] optional)
    {
        string rule = $"{where}: it is an object with {string.Join(", ", required)}" + (optional.Length == 0 ? "" : $" and, if wanted, {string.Join(", ", optional)}");
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw Refused(rule);
        }

        var members = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (JsonProperty property in element.EnumerateObject())
        {
            string name = Name(property, where);
            if (!required.Contains(name) && !optional.Contains(name))
            {
                throw Refused($"{rule}, and nothing else");
            }

            Add(members, name, property.Value, where);
        }

        return required.All(members.ContainsKey) ? members : throw Refused(rule);
    }

    /// <summary>An object with one member or more, of any name.</summary>
    public static Dictionary<string, JsonElement> Pairs(JsonElement element, string where)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw Refused($"{where}: it is an object with at least one member");
        }

        var members = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (JsonProperty property in element.EnumerateObject())
        {
            Add(members, Name(property, where), property.Value, where);
        }

        return members.Count > 0 ? members : throw Refused($"{where}: it is an object with at least one member");
    }

    /// <summary>A string, or an array of strings.</summary>
    public static string[] Texts(JsonElement element, string where)
    {
        if (element.ValueKind == JsonValueKind.String)
        {
            return [Text(element, where)];
        }

        if (element.ValueKind != JsonValueKind.Array || element.GetArrayLength() is < 1 or > SecretPolicy.MaxEntries)
        {
            throw Refused($"{where}: it is a string, or an array of 1 to {SecretPolicy.MaxEntries} strings");
        }

        return [.. element.EnumerateArray().Select(entry => Text(entry, where))];
    }

    public static string Text(JsonElement element, string where)
    {
        if (element.ValueKind != JsonValueKind.String)
        {
            throw Refused($"{where}: a string stands here");
        }

        try
        {
            return element.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw HalfPair(where);
        }
    }

    private static ArgumentException Refused(string rule, string parameter) => new(rule + ".", parameter);

    private static string Name(JsonProperty property, string where)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            throw HalfPair(where);
        }
    }

    private static void Add(Dictionary<string, JsonElement> members, string name, JsonElement value, string where)
    {
        if (!members.TryAdd(name, value))
        {
            throw Refused($"{where}: a member stands there twice");
        }
    }

    private static ArgumentException HalfPair(string where) => Refused($"{where}: a text holds half of a surrogate pair");
}
