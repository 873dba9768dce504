namespace EmbeddedSecrets;

/// <summary>What happens to an operation whose intent cannot be written to the audit trail.</summary>
public enum AuditFailureBehavior
{
    /// <summary>It is refused with <c>ServiceUnavailableTemporary</c>: no intent, no operation.</summary>
    Refuse = 0,

    /// <summary>It goes on without a record; the metric <see cref="SecretStoreDiagnostics.AuditFailures"/> counts it.</summary>
    Proceed = 1,
}
