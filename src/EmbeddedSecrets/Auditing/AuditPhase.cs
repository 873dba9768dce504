namespace EmbeddedSecrets;

/// <summary>When an <see cref="AuditRecord"/> was written.</summary>
public enum AuditPhase
{
    /// <summary>Before the operation: somebody wants to do it.</summary>
    Intent,

    /// <summary>After the operation: how it ended.</summary>
    Outcome,
}
