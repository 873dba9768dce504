using EmbeddedSecrets.Errors;
using EmbeddedSecrets.Policies;
using EmbeddedSecrets.Secrets;

namespace EmbeddedSecrets.Pipeline;

/// <summary>
/// Asks the policy of a secret before anything is done with it, before any value is read and any key is used. Where reading
/// is denied, the answer is the one that an absent secret gets (DESIGN section 2).
/// </summary>
internal static class PolicyEnforcement
{
    /// <summary>Lets the request pass, or refuses it.</summary>
    /// <returns>False when the secret was changed meanwhile: load it again.</returns>
    /// <exception cref="SecretStoreException">The policy denies it.</exception>
    public static ValueTask<bool> TryAuthorizeAsync(
        OpenStore open, in Request request, string name, StoredSecret? stored, DateTimeOffset now, CancellationToken cancellationToken)
    {
        return IsFree(request, stored, now)
            ? new ValueTask<bool>(true)
            : AuthorizeAsync(open, request, name, stored!, cancellationToken);
    }

    /// <summary>Whether the principal may do something with a secret; null when the secret was changed meanwhile.</summary>
    public static async ValueTask<bool?> IsAllowedAsync(
        OpenStore open, Request request, SecretAction action, StoredSecret stored, DateTimeOffset now, CancellationToken cancellationToken)
    {
        return IsFree(request, stored, now) ? true
            : (await DecideAsync(open, request.Principal!, action, stored, cancellationToken).ConfigureAwait(false))?.IsAllowed;
    }

    /// <summary>What the stored policy of a secret says; null when the secret was changed meanwhile. What cannot be evaluated denies.</summary>
    public static async ValueTask<SecretPolicyDecision?> DecideAsync(
        OpenStore open, string principal, SecretAction action, StoredSecret stored, CancellationToken cancellationToken)
    {
        if (stored.Secret.Policy is null)
        {
            return SecretPolicyDecision.WithoutPolicy;
        }

        try
        {
            SecretPolicy? policy = await open.FindPolicyAsync(stored, cancellationToken).ConfigureAwait(false);
            return policy?.Evaluate(new PolicyRequest(principal, action, stored.Secret.Tags));
        }
        catch (Exception exception) when (exception is ArgumentException or SecretStoreIntegrityException)
        {
            return SecretPolicyDecision.NotEvaluable;
        }
    }

    private static bool IsFree(in Request request, StoredSecret? stored, DateTimeOffset now)
    {
        return request.Principal is null || stored?.Secret.Policy is null || SecretLife.Existing(stored.Secret, now) is null;
    }

    private static async ValueTask<bool> AuthorizeAsync(OpenStore open, Request request, string name, StoredSecret stored, CancellationToken cancellationToken)
    {
        foreach (SecretAction action in (IEnumerable<SecretAction>)[request.Action, .. request.Also ?? []])
        {
            if (await DecideAsync(open, request.Principal!, action, stored, cancellationToken).ConfigureAwait(false) is not { } decision)
            {
                return false;
            }

            if (!decision.IsAllowed)
            {
                throw await IsSeenAsync(open, request, stored, cancellationToken).ConfigureAwait(false)
                    ? SecretFailures.Denied(name)
                    : SecretFailures.DeniedAsAbsent(name);
            }
        }

        return true;
    }

    /// <summary>Whether a refusal may show that the secret exists: to whoever may read it, or tried its name by creating it.</summary>
    private static async ValueTask<bool> IsSeenAsync(OpenStore open, Request request, StoredSecret stored, CancellationToken cancellationToken)
    {
        if (request.Action == SecretAction.CreateSecret)
        {
            return true;
        }

        return !IsRead(request.Action)
            && (await DecideAsync(open, request.Principal!, SecretAction.DescribeSecret, stored, cancellationToken).ConfigureAwait(false) is { IsAllowed: true }
                || await DecideAsync(open, request.Principal!, SecretAction.GetSecretValue, stored, cancellationToken).ConfigureAwait(false) is { IsAllowed: true });
    }

    private static bool IsRead(SecretAction action)
    {
        return action is SecretAction.GetSecretValue or SecretAction.DescribeSecret or SecretAction.ListSecretVersionIds or SecretAction.GetSecretPolicy;
    }
}
