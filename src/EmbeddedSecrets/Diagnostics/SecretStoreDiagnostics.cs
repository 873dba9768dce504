namespace EmbeddedSecrets;

/// <summary>The names of what the library tells about itself, for whoever collects traces and metrics. Nothing in them names a secret.</summary>
/// <remarks>
/// Each operation of a store is an activity, called after the operation. Instruments carry at most two attributes:
/// <see cref="OperationAttribute"/>, one of about fifty names, and <see cref="ErrorTypeAttribute"/>, one of <see cref="SecretStoreErrorCodes"/>
/// or the name of an exception of the BCL.
/// </remarks>
public static class SecretStoreDiagnostics
{
    /// <summary>The name of the activity source.</summary>
    public const string ActivitySourceName = "EmbeddedSecrets";

    /// <summary>The name of the meter.</summary>
    public const string MeterName = "EmbeddedSecrets";

    /// <summary>A histogram, in seconds: how long each operation took, whether it succeeded or not.</summary>
    public const string OperationDuration = "embedded_secrets.operation.duration";

    /// <summary>A counter of audit records that could not be written.</summary>
    public const string AuditFailures = "embedded_secrets.audit.failures";

    /// <summary>A counter, in bytes: unfinished commits that openings dropped.</summary>
    public const string RecoveryDropped = "embedded_secrets.recovery.dropped";

    /// <summary>The attribute with the name of the operation, such as <c>GetSecretValue</c>.</summary>
    public const string OperationAttribute = "embedded_secrets.operation";

    /// <summary>The attribute with the code of a failure; absent where there was none.</summary>
    public const string ErrorTypeAttribute = "error.type";

    /// <summary>The attribute of an activity with the request id of the operation, the one in descriptions, failures and audit records.</summary>
    public const string RequestIdAttribute = "embedded_secrets.request_id";
}
