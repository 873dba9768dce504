namespace EmbeddedSecrets.Policies;

/// <summary>One statement of a policy, parsed.</summary>
internal sealed record PolicyStatement(string? Id, bool IsDeny, string[] Principals, string[] Actions, PolicyCondition[] Conditions)
{
    public bool AppliesTo(PolicyRequest request)
    {
        string action = SecretActions.NameOf(request.Action);
        return Principals.Any(pattern => WildcardPattern.Matches(pattern, request.Principal))
            && Actions.Any(pattern => WildcardPattern.Matches(pattern, action, ignoreCase: true))
            && Conditions.All(condition => condition.Holds(request));
    }
}
