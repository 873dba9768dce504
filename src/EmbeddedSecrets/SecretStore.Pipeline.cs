using EmbeddedSecrets.Errors;
using EmbeddedSecrets.Pipeline;
using EmbeddedSecrets.Secrets;

namespace EmbeddedSecrets;

/// <content>The one way that every operation takes: load, pure transition, seal, commit, and again if somebody was faster.</content>
public sealed partial class SecretStore
{
    /// <summary>A pure transition. The flag says whether the given value equals the stored one of the same version id; null where there is none.</summary>
    private delegate SecretTransition Transition(Secret? stored, bool? sameValue, TransitionContext context);

    /// <summary>Changes one secret. A value that is given belongs to the version that the transition appends.</summary>
    private async ValueTask<SecretTransition> ChangeAsync(
        string name, Transition transition, RequestId requestId, CancellationToken cancellationToken, NewValue? value = null)
    {
        SecretTransition[] transitions = await ChangeAllAsync([name], (_, stored, same, context) => transition(stored, same, context), requestId, cancellationToken, value).ConfigureAwait(false);
        return transitions[0];
    }

    /// <summary>Changes several secrets in one commit.</summary>
    private async ValueTask<SecretTransition[]> ChangeAllAsync(
        IReadOnlyList<string> names,
        Func<string, Secret?, bool?, TransitionContext, SecretTransition> transition,
        RequestId requestId,
        CancellationToken cancellationToken,
        NewValue? value = null)
    {
        try
        {
            OpenStore open = await _session.EnterAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                if (_options.ReadOnly)
                {
                    throw StoreFailures.ReadOnly(_session.Location);
                }

                while (true)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    if (await TryChangeAsync(open, names, transition, value, cancellationToken).ConfigureAwait(false) is { } transitions)
                    {
                        return transitions;
                    }
                }
            }
            finally
            {
                _session.Leave();
            }
        }
        catch (SecretStoreException exception) when (exception.Stamp(requestId))
        {
            throw;
        }
    }

    private async ValueTask<SecretTransition[]?> TryChangeAsync(
        OpenStore open,
        IReadOnlyList<string> names,
        Func<string, Secret?, bool?, TransitionContext, SecretTransition> transition,
        NewValue? value,
        CancellationToken cancellationToken)
    {
        long headerRevision = open.HeaderRevision;
        var context = new TransitionContext(Now(), _versionLog, open.HashVersionId);
        var transitions = new SecretTransition[names.Count];
        var changes = new List<SealedChange>(names.Count);
        for (int i = 0; i < transitions.Length; i++)
        {
            StoredSecret? stored = await open.LoadAsync(names[i], cancellationToken).ConfigureAwait(false);
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
                if (await open.TrySealAsync(names[i], stored, transitions[i], value?.Value, cancellationToken).ConfigureAwait(false) is not { } change)
                {
                    return null;
                }

                changes.Add(change);
            }
        }

        bool done = changes.Count == 0 || await open.TryCommitAsync(changes, headerRevision, cancellationToken).ConfigureAwait(false);
        return done ? transitions : null;
    }

    /// <summary>Loads a secret that exists now, for an operation that changes nothing.</summary>
    private async ValueTask<Secret> LoadAsync(string name, RequestId requestId, CancellationToken cancellationToken)
    {
        try
        {
            OpenStore open = await _session.EnterAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                StoredSecret? stored = await open.LoadAsync(name, cancellationToken).ConfigureAwait(false);
                return SecretLife.Require(name, stored?.Secret, Now());
            }
            finally
            {
                _session.Leave();
            }
        }
        catch (SecretStoreException exception) when (exception.Stamp(requestId))
        {
            throw;
        }
    }

    /// <summary>The value of the version that a change appends, the id asked for it, and the state of the secret in which an equal one is a replay.</summary>
    private sealed record NewValue(SecretValue Value, string? VersionId, bool WhenScheduled);

    private DateTimeOffset Now()
    {
        return _options.TimeProvider.GetUtcNow();
    }
}
