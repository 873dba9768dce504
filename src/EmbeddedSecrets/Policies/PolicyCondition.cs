namespace EmbeddedSecrets.Policies;

/// <summary>One key under one operator of a condition.</summary>
/// <param name="Operator">How the values are compared.</param>
/// <param name="TagKey">The tag whose value is compared, or null for the name of the caller.</param>
/// <param name="Values">What it is compared with; at least one.</param>
internal sealed record PolicyCondition(PolicyOperator Operator, string? TagKey, string[] Values)
{
    public bool Holds(PolicyRequest request)
    {
        bool isNegated = Operator is PolicyOperator.StringNotEquals or PolicyOperator.StringNotEqualsIgnoreCase or PolicyOperator.StringNotLike;

        // What is absent equals nothing: a comparison with it fails, and its negation holds.
        return isNegated != (Actual(request) is { } actual && Values.Any(value => IsEqual(value, actual)));
    }

    private string? Actual(PolicyRequest request)
    {
        if (TagKey is null)
        {
            return request.Principal.Length == 0 ? null : request.Principal;
        }

        return request.Tags.TryGetValue(TagKey, out string? value) ? value : null;
    }

    private bool IsEqual(string value, string actual) => Operator switch
    {
        PolicyOperator.StringEquals or PolicyOperator.StringNotEquals => string.Equals(value, actual, StringComparison.Ordinal),
        PolicyOperator.StringEqualsIgnoreCase or PolicyOperator.StringNotEqualsIgnoreCase => string.Equals(value, actual, StringComparison.OrdinalIgnoreCase),
        _ => WildcardPattern.Matches(value, actual),
    };
}
