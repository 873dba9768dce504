using System.Collections.Immutable;
using EmbeddedSecrets.Errors;

namespace EmbeddedSecrets.Secrets;

/// <summary>The tags of a secret (SPEC sections 2.2 and 2.4).</summary>
internal static class SecretTags
{
    /// <summary>Sets and removes tags in one step. Unknown keys to remove are skipped; more than 20 in the result is Rejected.LimitExceeded.</summary>
    public static SecretTransition Change(string name, Secret? stored, IReadOnlyDictionary<string, string> set, IReadOnlyCollection<string> remove, SecretRevision? expected, TransitionContext context)
    {
        Secret secret = TransitionRules.Require(name, stored, expected, context.Now);
        ImmutableSortedDictionary<string, string> tags = secret.Tags.RemoveRange(remove).SetItems(set);
        if (tags.Count > SecretRules.MaxTags)
        {
            throw SecretFailures.TooManyTags(name, tags.Count, SecretRules.MaxTags);
        }

        return TransitionRules.AreEqual(tags, secret.Tags)
            ? TransitionRules.Unchanged(secret)
            : TransitionRules.Changed(secret with { Tags = tags }, context);
    }
}
