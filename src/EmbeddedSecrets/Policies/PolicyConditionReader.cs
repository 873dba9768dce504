using System.Text.Json;
using EmbeddedSecrets.Secrets;

namespace EmbeddedSecrets.Policies;

/// <summary>Reads the condition of a statement: <c>{"operator":{"key":"value"}}</c>.</summary>
internal static class PolicyConditionReader
{
    private const string TagKeyPrefix = "acs:ResourceTag/";
    private const string PrincipalKey = "acs:PrincipalName";
    private const int MaxValueLength = 256;

    public static PolicyCondition[] Read(JsonElement element, string where)
    {
        var conditions = new List<PolicyCondition>();
        foreach ((string name, JsonElement keys) in PolicyJson.Pairs(element, where))
        {
            PolicyOperator comparison = Operator(name, where);
            string place = $"{where}.{comparison}";
            foreach ((string key, JsonElement values) in PolicyJson.Pairs(keys, place))
            {
                conditions.Add(new PolicyCondition(comparison, TagKey(key, place), Values(values, place)));
            }
        }

        return [.. conditions];
    }

    private static PolicyOperator Operator(string name, string where) => name switch
    {
        nameof(PolicyOperator.StringEquals) => PolicyOperator.StringEquals,
        nameof(PolicyOperator.StringNotEquals) => PolicyOperator.StringNotEquals,
        nameof(PolicyOperator.StringEqualsIgnoreCase) => PolicyOperator.StringEqualsIgnoreCase,
        nameof(PolicyOperator.StringNotEqualsIgnoreCase) => PolicyOperator.StringNotEqualsIgnoreCase,
        nameof(PolicyOperator.StringLike) => PolicyOperator.StringLike,
        nameof(PolicyOperator.StringNotLike) => PolicyOperator.StringNotLike,
        _ => throw PolicyJson.Refused($"{where}: the operators are StringEquals, StringNotEquals, StringEqualsIgnoreCase, StringNotEqualsIgnoreCase, StringLike and StringNotLike"),
    };

    private static string? TagKey(string key, string where)
    {
        if (key == PrincipalKey)
        {
            return null;
        }

        if (!key.StartsWith(TagKeyPrefix, StringComparison.Ordinal))
        {
            throw PolicyJson.Refused($"{where}: the keys are {PrincipalKey} and {TagKeyPrefix} followed by the key of a tag");
        }

        string tag = key[TagKeyPrefix.Length..];
        TextRules.CheckLength(tag, 1, SecretRules.MaxTagLength, $"{where}: the key of a tag", PolicyJson.Parameter);
        TextRules.CheckTagCharacters(tag, $"{where}: the key of a tag", PolicyJson.Parameter);
        return tag;
    }

    private static string[] Values(JsonElement element, string where)
    {
        string[] values = PolicyJson.Texts(element, where);
        foreach (string value in values)
        {
            TextRules.CheckLength(value, 0, MaxValueLength, $"{where}: a value", PolicyJson.Parameter);
        }

        return values;
    }
}
