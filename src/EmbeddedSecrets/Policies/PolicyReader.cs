using System.Text;
using System.Text.Json;
using EmbeddedSecrets.Collections;
using EmbeddedSecrets.Secrets;

namespace EmbeddedSecrets.Policies;

/// <summary>Reads the JSON form of a policy. What is not known is refused rather than ignored: a guard that was misspelt guards nothing.</summary>
internal static class PolicyReader
{
    private const string SidCharacterText = "A-Z a-z 0-9 _ / + = . @ -";
    private const int MaxSidLength = 128;
    private const int MaxActionLength = 128;

    // An object, the statements, a statement, its condition, an operator, the values: six levels.
    private const int MaxDepth = 6;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = MaxDepth, CommentHandling = JsonCommentHandling.Disallow, AllowTrailingCommas = false };

    private static readonly AsciiSet SidCharacters =
        new("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_/+=.@-");

    public static PolicyStatement[] Read(string json)
    {
        ArgumentNullException.ThrowIfNull(json, PolicyJson.Parameter);
        if (json.Length > SecretPolicy.MaxBytes || Encoding.UTF8.GetByteCount(json) > SecretPolicy.MaxBytes)
        {
            throw PolicyJson.Refused($"A policy has at most {SecretPolicy.MaxBytes:N0} bytes of UTF-8");
        }

        TextRules.CheckWellFormed(json, "A policy", PolicyJson.Parameter);
        try
        {
            using var document = JsonDocument.Parse(Encoding.UTF8.GetBytes(json), Strict);
            return Statements(document.RootElement);
        }
        catch (JsonException exception)
        {
            // The parser's own message can quote the text, so only the place goes further.
            throw PolicyJson.Refused($"A policy is JSON of at most {MaxDepth} levels, without comments and trailing commas; line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1} is not");
        }
    }

    private static PolicyStatement[] Statements(JsonElement root)
    {
        Dictionary<string, JsonElement> members = PolicyJson.Members(root, "The policy", ["Version", "Statement"], []);
        if (PolicyJson.Text(members["Version"], "Version") != "1")
        {
            throw PolicyJson.Refused("Version is \"1\"");
        }

        JsonElement list = members["Statement"];
        if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() > SecretPolicy.MaxStatements)
        {
            throw PolicyJson.Refused($"Statement is an array of at most {SecretPolicy.MaxStatements} objects");
        }

        var ids = new HashSet<string>(StringComparer.Ordinal);
        var statements = new List<PolicyStatement>(list.GetArrayLength());
        foreach (JsonElement element in list.EnumerateArray())
        {
            string where = $"Statement {statements.Count + 1}";
            PolicyStatement statement = Statement(element, where);
            if (statement.Id is not null && !ids.Add(statement.Id))
            {
                throw PolicyJson.Refused($"{where}, Sid: an earlier statement has it; Sids differ");
            }

            statements.Add(statement);
        }

        return [.. statements];
    }

    private static PolicyStatement Statement(JsonElement element, string where)
    {
        Dictionary<string, JsonElement> members = PolicyJson.Members(element, where, ["Effect", "Principal", "Action", "Resource"], ["Sid", "Condition"]);
        string? id = members.TryGetValue("Sid", out JsonElement sid) ? Sid(sid, $"{where}, Sid") : null;
        bool isDeny = PolicyJson.Text(members["Effect"], $"{where}, Effect") switch
        {
            "Allow" => false,
            "Deny" => true,
            _ => throw PolicyJson.Refused($"{where}, Effect: it is Allow or Deny"),
        };

        string[] principals = Principals(members["Principal"], $"{where}, Principal");
        string[] actions = Actions(members["Action"], $"{where}, Action");
        if (PolicyJson.Texts(members["Resource"], $"{where}, Resource").Any(static text => text != "*"))
        {
            throw PolicyJson.Refused($"{where}, Resource: it is \"*\", the secret that has the policy");
        }

        PolicyCondition[] conditions = members.TryGetValue("Condition", out JsonElement condition) ? PolicyConditionReader.Read(condition, $"{where}, Condition") : [];
        return new PolicyStatement(id, isDeny, principals, actions, conditions);
    }

    private static string Sid(JsonElement element, string where)
    {
        string id = PolicyJson.Text(element, where);
        TextRules.CheckLength(id, 1, MaxSidLength, $"{where}: it", PolicyJson.Parameter);
        TextRules.CheckCharacters(id, SidCharacters, SidCharacterText, $"{where}: it", PolicyJson.Parameter);
        return id;
    }

    private static string[] Principals(JsonElement element, string where)
    {
        string[] principals = PolicyJson.Texts(PolicyJson.Members(element, where, ["RAM"], [])["RAM"], $"{where}.RAM");
        foreach (string principal in principals)
        {
            SecretRules.CheckPrincipalPattern(principal, $"{where}.RAM: an entry", PolicyJson.Parameter);
        }

        return principals;
    }

    private static string[] Actions(JsonElement element, string where)
    {
        string[] actions = PolicyJson.Texts(element, where);
        foreach (string action in actions)
        {
            TextRules.CheckLength(action, SecretActions.Prefix.Length + 1, MaxActionLength, $"{where}: an entry", PolicyJson.Parameter);
            if (!action.StartsWith(SecretActions.Prefix, StringComparison.OrdinalIgnoreCase))
            {
                throw PolicyJson.Refused($"{where}: an entry begins with \"{SecretActions.Prefix}\"");
            }
        }

        return actions;
    }
}
