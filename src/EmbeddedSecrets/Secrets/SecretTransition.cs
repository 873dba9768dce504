using System.Collections.Immutable;

namespace EmbeddedSecrets.Secrets;

/// <summary>What a transition answers: the secret afterwards, and which versions fell out of it.</summary>
/// <param name="Next">The secret afterwards; null when it is removed.</param>
/// <param name="IsUnchanged">Whether nothing is to be committed, as with a replay.</param>
/// <param name="Version">The version that was written or changed, where the operation is about one.</param>
/// <param name="Evicted">The versions that fell out.</param>
/// <param name="Policy">The text of the policy that the secret gets; null where it stays as it is.</param>
internal sealed record SecretTransition(
    Secret? Next,
    bool IsUnchanged = false,
    SecretVersion? Version = null,
    ImmutableArray<SecretVersion> Evicted = default,
    string? Policy = null);
