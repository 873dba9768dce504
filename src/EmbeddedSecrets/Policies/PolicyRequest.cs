namespace EmbeddedSecrets.Policies;

/// <summary>Who wants to do what to a secret.</summary>
/// <param name="Principal">The caller; empty where nobody was named, which only patterns made of <c>*</c> match.</param>
/// <param name="Action">The operation.</param>
/// <param name="Tags">The tags that the secret has now.</param>
internal sealed record PolicyRequest(string Principal, SecretAction Action, IReadOnlyDictionary<string, string> Tags);
