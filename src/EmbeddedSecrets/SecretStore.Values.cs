using System.Runtime.CompilerServices;
using EmbeddedSecrets.Diagnostics;
using EmbeddedSecrets.Pipeline;
using EmbeddedSecrets.Policies;
using EmbeddedSecrets.Secrets;
using EmbeddedSecrets.Values;

namespace EmbeddedSecrets;

/// <content>Reading values, one or several, and the synchronous path; random passwords.</content>
public sealed partial class SecretStore
{
    /// <summary>Reads a value. Where repository and key provider are embedded the call completes before it returns.</summary>
    /// <param name="name">The name of the secret.</param>
    /// <param name="which">Which version; the default is the one of <c>ACSCurrent</c>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The value with what it belongs to. The caller owns it and disposes it.</returns>
    /// <exception cref="ArgumentException">The name breaks its rule.</exception>
    /// <exception cref="SecretNotFoundException">There is no such secret, version or stage.</exception>
    /// <exception cref="SecretRequestException">The version does not carry the stage that was asked for with it.</exception>
    /// <exception cref="SecretConflictException">The secret is scheduled for deletion.</exception>
    /// <exception cref="SecretUnavailableException">The version, or the encryption key, cannot be used now.</exception>
    /// <exception cref="SecretStoreException">What is stored is damaged or not authentic, or the store cannot be read.</exception>
    public ValueTask<SecretValueResult> GetSecretValueAsync(string name, SecretVersionSelector which = default, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        Request request = NewRequest(SecretAction.GetSecretValue);
        if (!cancellationToken.IsCancellationRequested && TryReadHot(request, name, which) is { } result)
        {
            return new ValueTask<SecretValueResult>(result);
        }

        SecretRules.CheckName(name, nameof(name));
        cancellationToken.ThrowIfCancellationRequested();
        return ReadAsync(request, name, which, cancellationToken);
    }

    /// <summary>The short way, for the owner of the store where nobody listens; null for the long one. The name need not have been checked: one that breaks its rule was never read.</summary>
    private SecretValueResult? TryReadHot(in Request request, string name, SecretVersionSelector which)
    {
        if (_principal is not null || which.VersionId is not null || which.VersionStage is not null || !_observer.IsIdle || _session.TryEnter() is not { } open)
        {
            return null;
        }

        try
        {
            if (open.FindHot(name, out byte[]? payload) is not { } hot)
            {
                return null;
            }

            // After it was found: what it needs is on its way meanwhile.
            DateTimeOffset now = Now();
            if (open.TryReadHot(hot, payload, now) is not { } value)
            {
                return null;
            }

            _session.Accesses?.Note(hot, now);
            return new SecretValueResult(hot.Secret, hot.Version, value, request.Id);
        }
        catch (SecretStoreException exception) when (exception.Stamp(request.Id))
        {
            throw;
        }
        finally
        {
            _session.Leave();
        }
    }

    private ValueTask<SecretValueResult> ReadAsync(Request request, string name, SecretVersionSelector which, CancellationToken cancellationToken)
    {
        return RunAsync(request, name, () => EnterAsync(request, new Question(name, which), ReadOpenAsync, cancellationToken), static result => result.VersionId, cancellationToken);
    }

    [AsyncMethodBuilder(typeof(PrecompiledAsyncBuilder<>))]
    private static async ValueTask<SecretValueResult> ReadOpenAsync(
        SecretStore store, OpenStore open, Request request, Question asked, CancellationToken cancellationToken)
    {
        (string name, SecretVersionSelector which) = asked;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            StoredSecret? stored = await open.LoadAsync(name, cancellationToken).ConfigureAwait(false);
            DateTimeOffset now = store.Now();
            if (!await PolicyEnforcement.TryAuthorizeAsync(open, request, name, stored, now, cancellationToken).ConfigureAwait(false))
            {
                continue;
            }

            SecretVersion version = SecretVersions.Select(name, stored?.Secret, which, now);
            SecretValue? value = await open.ReadValueAsync(stored!, version, cancellationToken).ConfigureAwait(false);
            if (value is not null)
            {
                store._session.Accesses?.Note(stored!, now);
                open.NoteRead(stored!, version);
                return new SecretValueResult(stored!.Secret, version, value, request.Id);
            }
        }
    }

    /// <summary>Reads a value on this thread, for places that cannot await, such as configuration and options.</summary>
    /// <param name="name">The name of the secret.</param>
    /// <param name="which">Which version; the default is the one of <c>ACSCurrent</c>.</param>
    /// <returns>The value with what it belongs to. The caller owns it and disposes it.</returns>
    /// <exception cref="NotSupportedException">The repository, the key provider or the root key does not complete synchronously.</exception>
    /// <exception cref="ArgumentException">The name breaks its rule.</exception>
    /// <exception cref="SecretStoreException">As <see cref="GetSecretValueAsync"/>.</exception>
    public SecretValueResult GetSecretValue(string name, SecretVersionSelector which = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        Request request = NewRequest(SecretAction.GetSecretValue);
        if (TryReadHot(request, name, which) is { } result)
        {
            return result;
        }

        SecretRules.CheckName(name, nameof(name));
        OpenSynchronously();
        return Completed(ReadAsync(request, name, which, default));
    }

    /// <summary>
    /// Reads several values of one moment. What one name cannot have does not fail the others: every name has a value or an
    /// error in the answer.
    /// </summary>
    /// <param name="names">1 to 50 different names.</param>
    /// <param name="which">Which version of each; the default is the one of <c>ACSCurrent</c>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Values and errors by name. The caller owns the values and disposes the batch.</returns>
    /// <exception cref="ArgumentException">A name breaks its rule, there are none or more than 50, or one comes twice.</exception>
    /// <exception cref="SecretStoreException">The store as a whole cannot be opened.</exception>
    public async ValueTask<SecretValueBatch> GetSecretValuesAsync(IReadOnlyCollection<string> names, SecretVersionSelector which = default, CancellationToken cancellationToken = default)
    {
        string[] asked = SecretRules.CheckedNames(names, nameof(names));
        Request request = NewRequest(SecretAction.GetSecretValue);
        if (_observer.IsIdle)
        {
            return await EnterAsync(request, (asked, which), ReadBatchAsync, cancellationToken).ConfigureAwait(false);
        }

        return await _observer.RunAsync(
            Observed(request, asked),
            () => EnterAsync(request, (asked, which), ReadBatchAsync, cancellationToken),
            static (batch, name) => batch.Values.TryGetValue(name!, out SecretValueResult? result)
                ? new ObservedResult(result.VersionId)
                : new ObservedResult(null, batch.Errors[name!]),
            cancellationToken).ConfigureAwait(false);
    }

    private static ValueTask<SecretValueBatch> ReadBatchAsync(
        SecretStore store, OpenStore open, Request request, (string[] Names, SecretVersionSelector Which) asked, CancellationToken cancellationToken)
    {
        return BatchRead.ReadAsync(open, asked.Names, asked.Which, store._options.TimeProvider, store._session.Accesses, request, cancellationToken);
    }

    /// <summary>Reads several values of one moment on this thread, for places that cannot await.</summary>
    /// <param name="names">1 to 50 different names.</param>
    /// <param name="which">Which version of each; the default is the one of <c>ACSCurrent</c>.</param>
    /// <returns>Values and errors by name. The caller owns the values and disposes the batch.</returns>
    /// <exception cref="NotSupportedException">The repository, the key provider or the root key does not complete synchronously.</exception>
    /// <exception cref="ArgumentException">A name breaks its rule, there are none or more than 50, or one comes twice.</exception>
    /// <exception cref="SecretStoreException">The store as a whole cannot be opened.</exception>
    public SecretValueBatch GetSecretValues(IReadOnlyCollection<string> names, SecretVersionSelector which = default)
    {
        string[] asked = SecretRules.CheckedNames(names, nameof(names));
        OpenSynchronously();
        return Completed(GetSecretValuesAsync(asked, which));
    }

    /// <summary>Makes a password from a cryptographic random source. Nothing is stored.</summary>
    /// <param name="options">Of what; null for 32 characters of all four types.</param>
    /// <returns>The password, a text value that the caller owns and disposes.</returns>
    /// <exception cref="ArgumentException">The length is not 8 to 128, nothing is left to choose from, or a required type has no character left.</exception>
    [System.Diagnostics.CodeAnalysis.SuppressMessage("Performance", "CA1822:Mark members as static", Justification = "An operation of the store, as in the reference system.")]
    public SecretValue GetRandomPassword(RandomPasswordOptions? options = null)
    {
        return RandomPassword.Generate(options ?? new RandomPasswordOptions());
    }

    /// <summary>Which version of which secret. A class: of a structure, the way through the open store would not be compiled ahead of time.</summary>
    private sealed record Question(string Name, SecretVersionSelector Which);

    /// <summary>Opens the store for an operation of the synchronous path, so that its failure carries a request id too.</summary>
    private void OpenSynchronously()
    {
        if (!_observer.CompletesSynchronously)
        {
            throw new NotSupportedException("The audit sink of this store does not complete synchronously. Use the asynchronous members.");
        }

        var requestId = Errors.RequestId.Next();
        try
        {
            _session.OpenSynchronously();
        }
        catch (SecretStoreException exception) when (exception.Stamp(requestId))
        {
            throw;
        }
    }

    /// <summary>The answer of a call that has completed already: nothing is ever waited for here.</summary>
    private static T Completed<T>(ValueTask<T> call)
    {
        return call.IsCompleted
            ? call.GetAwaiter().GetResult()
            : throw new NotSupportedException("A part of this store says that it completes synchronously and did not. Use the asynchronous members.");
    }
}
