using System.Collections.Immutable;

namespace EmbeddedSecrets.Secrets;

/// <summary>One condition of a <see cref="SecretFilter"/>.</summary>
internal sealed record FilterCondition(SecretFilterField Field, SecretFilterOperator Comparison, IReadOnlyList<string> Values)
{
    public static FilterCondition Create(SecretFilterField field, SecretFilterOperator comparison, IReadOnlyList<string> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (field is < SecretFilterField.Name or > SecretFilterField.CreatedBy)
        {
            throw new ArgumentOutOfRangeException(nameof(field), field, "The field is not defined.");
        }

        if (comparison is < SecretFilterOperator.Exact or > SecretFilterOperator.Contains)
        {
            throw new ArgumentOutOfRangeException(nameof(comparison), comparison, "The comparison is not defined.");
        }

        ImmutableArray<string> copy = [.. values];
        TextRules.CheckCount(copy.Length, 1, SecretFilter.MaxConditions, "values in one condition", nameof(values));
        for (int i = 0; i < copy.Length; i++)
        {
            TextRules.CheckNotNull(copy[i], $"The value at position {i + 1}", nameof(values));
        }

        return new FilterCondition(field, comparison, copy);
    }

    /// <summary>Whether the name alone decides: a condition on the name needs no record.</summary>
    public bool IsAboutName => Field == SecretFilterField.Name;

    public bool MatchesName(string name) => MatchesText(name, StringComparison.Ordinal);

    public bool Matches(Secret secret)
    {
        return Field switch
        {
            SecretFilterField.Name => MatchesName(secret.Name),
            SecretFilterField.Description => MatchesText(secret.Description, StringComparison.OrdinalIgnoreCase),
            SecretFilterField.TagKey => secret.Tags.Any(tag => MatchesText(tag.Key, StringComparison.Ordinal)),
            SecretFilterField.TagValue => secret.Tags.Any(tag => MatchesText(tag.Value, StringComparison.Ordinal)),
            _ => secret.CreatedBy is { } createdBy && MatchesText(createdBy, StringComparison.Ordinal),
        };
    }

    private bool MatchesText(string text, StringComparison rule)
    {
        foreach (string value in Values)
        {
            bool matches = Comparison switch
            {
                SecretFilterOperator.Exact => text.Equals(value, rule),
                SecretFilterOperator.Prefix => text.StartsWith(value, rule),
                _ => text.Contains(value, rule),
            };
            if (matches)
            {
                return true;
            }
        }

        return false;
    }
}
