namespace EmbeddedSecrets;

/// <summary>How an audited operation ended.</summary>
public enum AuditOutcome
{
    /// <summary>The operation did what it should.</summary>
    Succeeded,

    /// <summary>A policy refused the operation.</summary>
    Denied,

    /// <summary>The operation failed and changed nothing.</summary>
    Failed,

    /// <summary>Whether the operation changed anything is unknown.</summary>
    Unknown,
}
