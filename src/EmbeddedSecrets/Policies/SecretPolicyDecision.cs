namespace EmbeddedSecrets;

/// <summary>What the policy of a secret says to one caller and one operation.</summary>
/// <remarks>A policy is a guard against mistakes. It is no authentication: the program itself says who the caller is.</remarks>
public sealed class SecretPolicyDecision
{
    private SecretPolicyDecision(SecretPolicyReason reason, int? statementNumber = null, string? statementId = null)
    {
        Reason = reason;
        StatementNumber = statementNumber;
        StatementId = statementId;
    }

    /// <summary>Gets whether the operation is allowed.</summary>
    public bool IsAllowed => Reason is SecretPolicyReason.NoPolicy or SecretPolicyReason.Allowed;

    /// <summary>Gets why.</summary>
    public SecretPolicyReason Reason { get; }

    /// <summary>Gets the number of the statement that decided, counted from 1; null where none did.</summary>
    public int? StatementNumber { get; }

    /// <summary>Gets the <c>Sid</c> of the statement that decided, 1 to 128 characters; null where it has none or none decided.</summary>
    public string? StatementId { get; }

    internal static SecretPolicyDecision WithoutPolicy { get; } = new(SecretPolicyReason.NoPolicy);

    internal static SecretPolicyDecision NoMatchingStatement { get; } = new(SecretPolicyReason.NoMatchingStatement);

    internal static SecretPolicyDecision NotEvaluable { get; } = new(SecretPolicyReason.NotEvaluable);

    internal static SecretPolicyDecision Allow(int statementNumber, string? statementId) => new(SecretPolicyReason.Allowed, statementNumber, statementId);

    internal static SecretPolicyDecision Deny(int statementNumber, string? statementId) => new(SecretPolicyReason.ExplicitDeny, statementNumber, statementId);
}
