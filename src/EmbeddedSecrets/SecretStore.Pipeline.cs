using EmbeddedSecrets.Diagnostics;
using EmbeddedSecrets.Errors;
using EmbeddedSecrets.Pipeline;
using EmbeddedSecrets.Policies;
using EmbeddedSecrets.Secrets;

namespace EmbeddedSecrets;

/// <content>The one way that every operation takes: load, policy, pure transition, seal, commit, and again if somebody was faster.</content>
public sealed partial class SecretStore
{
    /// <summary>A pure transition. The flag says whether the given value equals the stored one of the same version id; null where there is none.</summary>
    private delegate SecretTransition Transition(Secret? stored, bool? sameValue, TransitionContext context);

    private Request NewRequest(SecretAction action)
    {
        return new Request(Errors.RequestId.Next(), action, _principal);
    }

    /// <summary>Runs an operation on one secret, or on none, before the eyes of audit and telemetry.</summary>
    private ValueTask<T> RunAsync<T>(
        in Request request, string? name, Func<ValueTask<T>> operation, Func<T, string?>? versionOf, CancellationToken cancellationToken)
    {
        return _observer.IsIdle ? operation() : _observer.RunAsync(
            Observed(request, name is null ? ObservedOperation.NoSecret : [name]),
            operation,
            (result, _) => new ObservedResult(versionOf?.Invoke(result)),
            cancellationToken);
    }

    private static ObservedOperation Observed(in Request request, IReadOnlyList<string?> names)
    {
        return new ObservedOperation(SecretActions.OperationOf(request.Action), request.Id, request.Principal, names);
    }

    /// <summary>Runs something in the open store; its failures carry the request id.</summary>
    private ValueTask<T> EnterAsync<TState, T>(
        Request request, TState state, Func<SecretStore, OpenStore, Request, TState, CancellationToken, ValueTask<T>> body, CancellationToken cancellationToken)
    {
        return _session.RunAsync(request.Id, open => body(this, open, request, state, cancellationToken), cancellationToken);
    }

    /// <summary>Changes one secret. A value that is given belongs to the version that the transition appends.</summary>
    private async ValueTask<SecretTransition> ChangeAsync(
        string name, Transition transition, Request request, CancellationToken cancellationToken, NewValue? value = null)
    {
        SecretTransition[] transitions = await ChangeAllAsync([name], (_, stored, same, context) => transition(stored, same, context), request, cancellationToken, value).ConfigureAwait(false);
        return transitions[0];
    }

    /// <summary>Changes several secrets in one commit.</summary>
    private ValueTask<SecretTransition[]> ChangeAllAsync(
        string[] names,
        Func<string, Secret?, bool?, TransitionContext, SecretTransition> transition,
        Request request,
        CancellationToken cancellationToken,
        NewValue? value = null)
    {
        var change = new Change(names, transition, value);
        return _observer.IsIdle ? EnterAsync(request, change, ChangeOpenAsync, cancellationToken) : ChangeObservedAsync(request, change, cancellationToken);
    }

    /// <summary>By itself, so that a change that nobody observes makes no objects for it.</summary>
    private ValueTask<SecretTransition[]> ChangeObservedAsync(Request request, Change change, CancellationToken cancellationToken)
    {
        return _observer.RunAsync(
            Observed(request, change.Names),
            () => EnterAsync(request, change, ChangeOpenAsync, cancellationToken),
            (transitions, name) => new ObservedResult(transitions[Array.IndexOf(change.Names, name)].Version?.VersionId),
            cancellationToken);
    }

    private static async ValueTask<SecretTransition[]> ChangeOpenAsync(SecretStore store, OpenStore open, Request request, Change change, CancellationToken cancellationToken)
    {
        if (store._options.ReadOnly)
        {
            throw StoreFailures.ReadOnly(store._session.Location);
        }

        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (await store.TryChangeAsync(open, request, change, cancellationToken).ConfigureAwait(false) is { } transitions)
            {
                return transitions;
            }
        }
    }

    private async ValueTask<SecretTransition[]?> TryChangeAsync(OpenStore open, Request request, Change change, CancellationToken cancellationToken)
    {
        (string[] names, Func<string, Secret?, bool?, TransitionContext, SecretTransition> transition, NewValue? value) = change;
        long headerRevision = open.HeaderRevision;
        var context = new TransitionContext(Now(), _versionLog, open.HashVersionId);
        var transitions = new SecretTransition[names.Length];
        var changes = new List<SealedChange>(names.Length);
        for (int i = 0; i < transitions.Length; i++)
        {
            StoredSecret? stored = await open.LoadToReplaceAsync(names[i], cancellationToken).ConfigureAwait(false);
            if (!await PolicyEnforcement.TryAuthorizeAsync(open, request, names[i], stored, context.Now, cancellationToken).ConfigureAwait(false))
            {
                return null;
            }

            bool? sameValue = null;
            if (value is not null && stored is not null && SecretVersions.FindReplayed(stored.Secret, value.VersionId, value.WhenScheduled, context.Now) is { } replayed)
            {
                using SecretValue? storedValue = await open.ReadValueAsync(stored, replayed, cancellationToken).ConfigureAwait(false);
                if (storedValue is null)
                {
                    return null;
                }

                sameValue = value.Value.FixedTimeEquals(storedValue);
            }

            transitions[i] = transition(names[i], stored?.Secret, sameValue, context);
            if (!transitions[i].IsUnchanged)
            {
                if (await open.TrySealAsync(names[i], stored, transitions[i], value?.Value, cancellationToken).ConfigureAwait(false) is not { } sealedChange)
                {
                    return null;
                }

                changes.Add(sealedChange);
            }
        }

        bool done = changes.Count == 0 || await open.TryCommitAsync(changes, headerRevision, cancellationToken).ConfigureAwait(false);
        return done ? transitions : null;
    }

    /// <summary>Loads a secret that exists now, for an operation that changes nothing.</summary>
    private ValueTask<Secret> LoadAsync(string name, Request request, CancellationToken cancellationToken)
    {
        return RunAsync(request, name, () => EnterAsync(request, name, LoadOpenAsync, cancellationToken), null, cancellationToken);
    }

    private static async ValueTask<Secret> LoadOpenAsync(SecretStore store, OpenStore open, Request request, string name, CancellationToken cancellationToken)
    {
        return (await store.LoadAuthorizedAsync(open, request, name, cancellationToken).ConfigureAwait(false)).Secret;
    }

    /// <summary>Loads a secret that exists now, once its policy has let the request pass.</summary>
    private async ValueTask<StoredSecret> LoadAuthorizedAsync(OpenStore open, Request request, string name, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            StoredSecret? stored = await open.LoadAsync(name, cancellationToken).ConfigureAwait(false);
            DateTimeOffset now = Now();
            if (await PolicyEnforcement.TryAuthorizeAsync(open, request, name, stored, now, cancellationToken).ConfigureAwait(false))
            {
                _ = SecretLife.Require(name, stored?.Secret, now);
                return stored!;
            }
        }
    }

    /// <summary>The value of the version that a change appends, the id asked for it, and the state of the secret in which an equal one is a replay.</summary>
    private sealed record NewValue(SecretValue Value, string? VersionId, bool WhenScheduled);

    /// <summary>What is done to which secrets, in one commit.</summary>
    private sealed record Change(string[] Names, Func<string, Secret?, bool?, TransitionContext, SecretTransition> Transition, NewValue? Value);

    private DateTimeOffset Now()
    {
        return _options.TimeProvider.GetUtcNow();
    }
}
