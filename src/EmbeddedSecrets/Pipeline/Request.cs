using EmbeddedSecrets.Policies;

namespace EmbeddedSecrets.Pipeline;

/// <summary>One call of the facade: its id, what it wants to do, and who asks; null for the owner of the store, whom no policy binds.</summary>
internal readonly record struct Request(RequestId Id, SecretAction Action, string? Principal);
