namespace EmbeddedSecrets;

/// <summary>Why the policy of a secret allows or refuses an operation.</summary>
public enum SecretPolicyReason
{
    /// <summary>Allowed: the secret has no policy, or one without a statement.</summary>
    NoPolicy,

    /// <summary>Allowed: a statement allows it and none denies it.</summary>
    Allowed,

    /// <summary>Refused: a statement denies it, whatever others allow.</summary>
    ExplicitDeny,

    /// <summary>Refused: there is a policy, and no statement of it allows the operation.</summary>
    NoMatchingStatement,

    /// <summary>Refused: the stored policy cannot be read, so nothing is allowed under it.</summary>
    NotEvaluable,
}
