using EmbeddedSecrets.Errors;
using EmbeddedSecrets.Pipeline;
using EmbeddedSecrets.Policies;
using EmbeddedSecrets.Secrets;

namespace EmbeddedSecrets;

/// <content>Policies: who may do what with a secret. A guard against mistakes, not against code in the same process.</content>
public sealed partial class SecretStore
{
    /// <summary>What a secret without a policy answers: it allows everything to everybody, as the evaluation does.</summary>
    private const string DefaultPolicy = """{"Version":"1","Statement":[{"Effect":"Allow","Principal":{"RAM":["*"]},"Action":["kms:*"],"Resource":["*"]}]}""";

    /// <summary>
    /// Gives a view of this store that acts as a caller: policies bind it, audit names it, and it is the creator of what it
    /// creates. It is no authentication: the program says who the caller is. Disposing the view disposes nothing.
    /// </summary>
    /// <param name="principal">The caller, such as <c>acs:ram::0:user/anna</c> or <c>billing</c>: 1 to 256 UTF-16 units without <c>*</c>, <c>?</c> and invisible characters.</param>
    /// <returns>The view. It lives as long as this store; keys, maintenance and the change stream belong to the owner and are not in it.</returns>
    /// <exception cref="ArgumentException">The name of the caller breaks its rule.</exception>
    /// <exception cref="SecretStoreAccessException">This is such a view itself.</exception>
    public SecretStore WithPrincipal(string principal)
    {
        SecretRules.CheckPrincipal(principal, nameof(principal));
        RequireOwner(nameof(WithPrincipal));
        return new SecretStore(this, principal);
    }

    /// <summary>Gives a secret another policy. It binds callers of <see cref="WithPrincipal"/> from the next operation on, never the owner of the store.</summary>
    /// <param name="name">The name of the secret.</param>
    /// <param name="policy">The policy, JSON of at most 32,768 bytes (SPEC section 2.4): <c>{"Version":"1","Statement":[…]}</c>. One without statements binds nobody.</param>
    /// <param name="options">What else is asked; null for nothing.</param>
    /// <param name="cancellationToken">Ends the wait; before the commit is part of a write nothing was changed.</param>
    /// <returns>When it is stored.</returns>
    /// <exception cref="ArgumentException">The name breaks its rule, or the text is no policy; the message says where.</exception>
    /// <exception cref="SecretNotFoundException">There is no such secret.</exception>
    /// <exception cref="SecretConflictException">The secret is scheduled for deletion, or its revision is not the expected one.</exception>
    /// <exception cref="SecretStoreAccessException">The present policy does not allow it to the caller.</exception>
    /// <exception cref="SecretStoreException">The store cannot be read or written.</exception>
    public async ValueTask SetSecretPolicyAsync(string name, string policy, SetPolicyOptions? options = null, CancellationToken cancellationToken = default)
    {
        SecretRules.CheckName(name, nameof(name));
        _ = SecretPolicy.Parse(policy);
        SecretRevision? expected = options?.ExpectedRevision;
        await ChangeAsync(
            name, (stored, _, context) => SecretLife.SetPolicy(name, stored, policy, expected, context), NewRequest(SecretAction.SetSecretPolicy), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads the policy of a secret, also of one that is scheduled for deletion.</summary>
    /// <param name="name">The name of the secret.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The text as it was set; for a secret without one the default policy, which allows everything.</returns>
    /// <exception cref="ArgumentException">The name breaks its rule.</exception>
    /// <exception cref="SecretNotFoundException">There is no such secret.</exception>
    /// <exception cref="SecretStoreException">What is stored is damaged or not authentic, or the store cannot be read.</exception>
    public async ValueTask<string> GetSecretPolicyAsync(string name, CancellationToken cancellationToken = default)
    {
        SecretRules.CheckName(name, nameof(name));
        Request request = NewRequest(SecretAction.GetSecretPolicy);
        return await RunAsync(request, name, () => EnterAsync(request, name, ReadPolicyAsync, cancellationToken), null, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Tells what a policy would answer to a caller, and which of its statements decides. Nothing is done, and no value is read.</summary>
    /// <param name="name">The name of the secret; its tags are what conditions look at.</param>
    /// <param name="principal">The caller.</param>
    /// <param name="action">The action, such as <c>kms:GetSecretValue</c>.</param>
    /// <param name="policy">The policy to try; null for the one that the secret has.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The decision.</returns>
    /// <exception cref="ArgumentException">The name or the caller breaks its rule, the text is no policy, or there is no such action.</exception>
    /// <exception cref="SecretNotFoundException">There is no such secret.</exception>
    /// <exception cref="SecretStoreException">The store cannot be read.</exception>
    public async ValueTask<SecretPolicyDecision> EvaluateSecretPolicyAsync(
        string name, string principal, string action, string? policy = null, CancellationToken cancellationToken = default)
    {
        SecretRules.CheckName(name, nameof(name));
        SecretRules.CheckPrincipal(principal, nameof(principal));
        SecretAction asked = SecretActions.Parse(action, nameof(action));
        SecretPolicy? tried = policy is null ? null : SecretPolicy.Parse(policy);

        // Who tries policies of their own on a secret learns its tags by their conditions.
        Request request = NewRequest(SecretAction.GetSecretPolicy) with { Also = tried is null ? null : [SecretAction.DescribeSecret] };
        return await RunAsync(request, name, () => EnterAsync(request, (name, principal, asked, tried), EvaluateAsync, cancellationToken), null, cancellationToken).ConfigureAwait(false);
    }

    private static async ValueTask<string> ReadPolicyAsync(SecretStore store, OpenStore open, Request request, string name, CancellationToken cancellationToken)
    {
        string? text = null;
        while (text is null)
        {
            StoredSecret stored = await store.LoadAuthorizedAsync(open, request, name, cancellationToken).ConfigureAwait(false);
            text = stored.Secret.Policy is null ? DefaultPolicy : await open.ReadPolicyAsync(stored, cancellationToken).ConfigureAwait(false);
        }

        return text;
    }

    private static async ValueTask<SecretPolicyDecision> EvaluateAsync(
        SecretStore store,
        OpenStore open,
        Request request,
        (string Name, string Principal, SecretAction Action, SecretPolicy? Tried) asked,
        CancellationToken cancellationToken)
    {
        SecretPolicyDecision? decision = null;
        while (decision is null)
        {
            StoredSecret stored = await store.LoadAuthorizedAsync(open, request, asked.Name, cancellationToken).ConfigureAwait(false);
            decision = asked.Tried is { } tried
                ? tried.Evaluate(new PolicyRequest(asked.Principal, asked.Action, stored.Secret.Tags))
                : await PolicyEnforcement.DecideAsync(open, asked.Principal, asked.Action, stored, cancellationToken).ConfigureAwait(false);
        }

        return decision;
    }

    private void RequireOwner(string what)
    {
        if (_principal is not null)
        {
            throw SecretFailures.OwnerOnly(what);
        }
    }
}
