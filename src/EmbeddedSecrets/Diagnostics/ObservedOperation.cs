using EmbeddedSecrets.Errors;

namespace EmbeddedSecrets.Diagnostics;

/// <summary>One operation, as audit and telemetry see it.</summary>
/// <param name="Name">The name, such as <c>GetSecretValue</c>.</param>
/// <param name="RequestId">The id that its answer carries.</param>
/// <param name="Principal">Who asks; null for the owner of the store.</param>
/// <param name="Secrets">The secrets that it is about, each told in a record of its own; one null for an operation that is about none.</param>
/// <param name="KeyId">The encryption key or root key that it names, if it names one.</param>
internal readonly record struct ObservedOperation(string Name, RequestId RequestId, string? Principal, IReadOnlyList<string?> Secrets, string? KeyId = null)
{
    /// <summary>The name of the operation that a method carries out: without the suffix.</summary>
    public static string NameOf(string method) => method.EndsWith("Async", StringComparison.Ordinal) ? method[..^"Async".Length] : method;

    /// <summary>For an operation that is about no secret.</summary>
    public static IReadOnlyList<string?> NoSecret { get; } = [null];
}

/// <summary>How it ended for one of the secrets.</summary>
/// <param name="VersionId">The version that it was about, if it was about one.</param>
/// <param name="Failure">Null where it succeeded.</param>
internal readonly record struct ObservedResult(string? VersionId, Exception? Failure = null);
