namespace EmbeddedSecrets.Policies;

/// <summary>The policy of a secret (SPEC section 2.4), parsed. Immutable; any number of threads may evaluate it at once.</summary>
internal sealed class SecretPolicy
{
    public const int MaxBytes = 32_768;
    public const int MaxStatements = 100;

    /// <summary>How many entries one list of principals, actions, resources or values may have.</summary>
    public const int MaxEntries = 100;

    private readonly PolicyStatement[] _statements;

    private SecretPolicy(PolicyStatement[] statements)
    {
        _statements = statements;
    }

    /// <exception cref="ArgumentException">The text is not a policy; the message says where, and repeats nothing of it.</exception>
    public static SecretPolicy Parse(string json) => new(PolicyReader.Read(json));

    /// <summary>The decision of a stored policy, null being none. What cannot be read denies.</summary>
    public static SecretPolicyDecision Evaluate(string? json, PolicyRequest request)
    {
        if (json is null)
        {
            return SecretPolicyDecision.WithoutPolicy;
        }

        SecretPolicy policy;
        try
        {
            policy = Parse(json);
        }
        catch (ArgumentException)
        {
            return SecretPolicyDecision.NotEvaluable;
        }

        return policy.Evaluate(request);
    }

    /// <summary>A denial wins over any permission; what no statement allows is denied. A policy without statements is none.</summary>
    public SecretPolicyDecision Evaluate(PolicyRequest request)
    {
        if (_statements.Length == 0)
        {
            return SecretPolicyDecision.WithoutPolicy;
        }

        int allowing = -1;
        for (int i = 0; i < _statements.Length; i++)
        {
            PolicyStatement statement = _statements[i];
            if ((allowing >= 0 && !statement.IsDeny) || !statement.AppliesTo(request))
            {
                continue;
            }

            if (statement.IsDeny)
            {
                return SecretPolicyDecision.Deny(i + 1, statement.Id);
            }

            allowing = i;
        }

        return allowing < 0 ? SecretPolicyDecision.NoMatchingStatement : SecretPolicyDecision.Allow(allowing + 1, _statements[allowing].Id);
    }
}
