namespace EmbeddedSecrets.Secrets;

/// <summary>What a transition may not find out by itself. One context serves one attempt.</summary>
/// <param name="Now">The time, in UTC.</param>
/// <param name="VersionLog">Decides which versions fall out.</param>
/// <param name="HashVersionId">The keyed hash of a version id, for retired ids (SPEC D-10): the same id of the same incarnation always gives the same hash.</param>
internal sealed record TransitionContext(DateTimeOffset Now, IVersionLog VersionLog, Func<UniqueId, string, ulong> HashVersionId);
