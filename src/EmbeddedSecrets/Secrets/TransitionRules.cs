using System.Collections.Immutable;
using EmbeddedSecrets.Errors;

namespace EmbeddedSecrets.Secrets;

/// <summary>What every transition begins and ends with.</summary>
internal static class TransitionRules
{
    public static readonly ImmutableSortedDictionary<string, string> NoPairs =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>
    /// The secret, if it may be changed: absent, then scheduled for deletion, then the wrong revision.
    /// </summary>
    public static Secret Require(string name, Secret? stored, SecretRevision? expected, DateTimeOffset now)
    {
        Secret secret = RequireActive(name, stored, now);
        CheckExpected(secret, expected);
        return secret;
    }

    public static Secret RequireActive(string name, Secret? stored, DateTimeOffset now)
    {
        Secret secret = SecretLife.Require(name, stored, now);
        return secret.PlannedDeleteTime is { } until ? throw SecretFailures.InDeleteWindow(name, until) : secret;
    }

    public static void CheckExpected(Secret secret, SecretRevision? expected)
    {
        if (expected is { } revision && revision != secret.Revision)
        {
            throw SecretFailures.RevisionConflict(secret.Name);
        }
    }

    /// <summary>Counts the change. <paramref name="next"/> is the secret with everything else changed already.</summary>
    public static Secret Complete(Secret next, TransitionContext context)
    {
        return Verified(next with { RevisionNumber = next.RevisionNumber + 1, UpdateTime = context.Now });
    }

    /// <summary>The last line of defence: no transition lets a broken state out.</summary>
    public static Secret Verified(Secret next)
    {
        return SecretInvariants.FindViolation(next) is { } violation ? throw SecretFailures.BrokenInvariant(next.Name, violation) : next;
    }

    public static SecretTransition Changed(Secret next, TransitionContext context, SecretVersion? version = null)
    {
        return new SecretTransition(Complete(next, context), Version: version, Evicted: []);
    }

    public static SecretTransition Unchanged(Secret secret, SecretVersion? version = null)
    {
        return new SecretTransition(secret, IsUnchanged: true, version, Evicted: []);
    }

    /// <summary>A copy in ordinal order, whatever order and comparer the caller's dictionary has.</summary>
    public static ImmutableSortedDictionary<string, string> Copy(IReadOnlyDictionary<string, string>? pairs)
    {
        return pairs is null ? NoPairs : NoPairs.SetItems(pairs);
    }

    /// <summary>Both are in ordinal order.</summary>
    public static bool AreEqual(ImmutableSortedDictionary<string, string> left, ImmutableSortedDictionary<string, string> right)
    {
        return left.SequenceEqual(right);
    }
}
