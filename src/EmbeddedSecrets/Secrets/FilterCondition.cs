namespace EmbeddedSecrets.Secrets;

/// <summary>One condition of a <see cref="SecretFilter"/>.</summary>
internal sealed record FilterCondition(SecretFilterField Field, SecretFilterOperator Comparison, IReadOnlyList<string> Values)
{
    public static FilterCondition Create(SecretFilterField field, SecretFilterOperator comparison, IReadOnlyList<string> values) => throw new NotImplementedException();

    /// <summary>Whether the name alone decides: a condition on the name needs no record.</summary>
    public bool IsAboutName => Field == SecretFilterField.Name;

    public bool MatchesName(string name) => throw new NotImplementedException();

    public bool Matches(Secret secret) => throw new NotImplementedException();
}
