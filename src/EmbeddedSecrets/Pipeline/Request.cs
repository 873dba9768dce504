using EmbeddedSecrets.Errors;
using EmbeddedSecrets.Policies;

namespace EmbeddedSecrets.Pipeline;

/// <summary>One call of the facade.</summary>
/// <param name="Id">The id that its answer carries.</param>
/// <param name="Action">What it wants to do.</param>
/// <param name="Principal">Who asks; null for the owner of the store, whom no policy binds.</param>
/// <param name="Also">What the policy must allow as well, since the call does that too; null for nothing.</param>
internal readonly record struct Request(RequestId Id, SecretAction Action, string? Principal, IReadOnlyList<SecretAction>? Also = null);
