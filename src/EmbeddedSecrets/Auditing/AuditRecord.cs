namespace EmbeddedSecrets;

/// <summary>One line of an audit trail: who does what to which secret. It never holds a value.</summary>
/// <remarks>Texts have at most 512 UTF-16 units each in a file sink.</remarks>
public sealed class AuditRecord
{
    /// <summary>Gets the id of the operation; its intent and its outcome share it.</summary>
    public required string RequestId { get; init; }

    /// <summary>Gets whether the operation is about to begin or has ended.</summary>
    public required AuditPhase Phase { get; init; }

    /// <summary>Gets the time of the record. A file sink writes it in UTC.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Gets the name of the operation, such as <c>GetSecretValue</c>.</summary>
    public required string Operation { get; init; }

    /// <summary>Gets who asked for the operation; null for the owner of the store.</summary>
    public string? Principal { get; init; }

    /// <summary>Gets the name of the secret; null where the operation concerns none. A trail with hashed names gives <c>hmac-sha256:</c> and 64 hexadecimal digits.</summary>
    public string? SecretName { get; init; }

    /// <summary>Gets the id of the version; null where the operation names none.</summary>
    public string? VersionId { get; init; }

    /// <summary>Gets the id of the encryption key or the root key; null where the operation names none.</summary>
    public string? KeyId { get; init; }

    /// <summary>Gets how the operation ended; null in an intent.</summary>
    public AuditOutcome? Outcome { get; init; }

    /// <summary>Gets the code of the failure, one of <see cref="SecretStoreErrorCodes"/>; null where there was none.</summary>
    public string? Code { get; init; }
}
