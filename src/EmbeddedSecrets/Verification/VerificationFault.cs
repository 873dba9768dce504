namespace EmbeddedSecrets;

/// <summary>One thing that is wrong in a store, and where. It holds no value and no key.</summary>
/// <param name="Kind">What is wrong.</param>
/// <param name="Message">What is wrong, in words.</param>
public sealed record VerificationFault(VerificationFaultKind Kind, string Message)
{
    /// <summary>Gets where in the log, or in <see cref="File"/>, it is, in bytes from its beginning; null where it has no place there.</summary>
    public long? Offset { get; init; }

    /// <summary>Gets how many bytes it concerns, or null.</summary>
    public long? Length { get; init; }

    /// <summary>Gets the name of the file of the audit trail, without its directory; null where it is in the log.</summary>
    public string? File { get; init; }

    /// <summary>Gets the name of the secret that it concerns, or null.</summary>
    public string? SecretName { get; init; }

    /// <summary>Gets the version that it concerns, or null.</summary>
    public string? VersionId { get; init; }
}
