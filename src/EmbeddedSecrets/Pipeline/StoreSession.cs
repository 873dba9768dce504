using System.Runtime.CompilerServices;
using EmbeddedSecrets.Diagnostics;
using EmbeddedSecrets.Errors;
using EmbeddedSecrets.Records;

namespace EmbeddedSecrets.Pipeline;

/// <summary>
/// The life of a store: opened by the first operation, closed when the last one that began before the disposal has ended.
/// A failed opening is not kept: the next operation tries again.
/// </summary>
internal sealed class StoreSession : IDisposable, IAsyncDisposable
{
    private const int MaxAttempts = 20;

    private readonly IKeyProvider _keyProvider;
    private readonly bool _ownsKeyProvider;
    private readonly ISecretRepository _repository;
    private readonly SecretStoreOptions _options;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private OpenStore? _open;
    private StoreSweeping? _sweeping;
    private int _users = 1;
    private bool _closing;
    private Task? _closed;

    public StoreSession(ISecretRepository repository, IKeyProvider keyProvider, bool ownsKeyProvider, SecretStoreOptions options)
    {
        _repository = repository;
        _keyProvider = keyProvider;
        _ownsKeyProvider = ownsKeyProvider;
        _options = options;
        Accesses = options is { TrackLastAccess: true, ReadOnly: false } ? new AccessDays() : null;
    }

    /// <summary>The days on which secrets were read; null where they are not written down.</summary>
    public AccessDays? Accesses { get; }

    public string Location => _repository.Location;

    public SecretStoreOptions Options => _options;

    public RecoveryReport? Recovery { get; private set; }

    /// <summary>Begins an operation: opens the store if need be. Every success is followed by one <see cref="Leave"/>.</summary>
    public ValueTask<OpenStore> EnterAsync(CancellationToken cancellationToken)
    {
        Begin();
        OpenStore? open = Volatile.Read(ref _open);
        return open is not null ? new ValueTask<OpenStore>(open) : EnterSlowlyAsync(cancellationToken);
    }

    /// <summary>Begins an operation in a store that is open; null where it is not, and then there is nothing to leave.</summary>
    public OpenStore? TryEnter()
    {
        Interlocked.Increment(ref _users);
        if (!Volatile.Read(ref _closing) && Volatile.Read(ref _open) is { } open)
        {
            return open;
        }

        Leave();
        return null;
    }

    public void Leave()
    {
        if (Interlocked.Decrement(ref _users) == 0)
        {
            _drained.TrySetResult();
        }
    }

    /// <summary>Runs something in the open store, which is opened if need be; its failures carry the request id.</summary>
    [AsyncMethodBuilder(typeof(PrecompiledAsyncBuilder<>))]
    public async ValueTask<T> RunAsync<T>(RequestId requestId, Func<OpenStore, ValueTask<T>> operation, CancellationToken cancellationToken)
    {
        try
        {
            OpenStore open = await EnterAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                return await operation(open).ConfigureAwait(false);
            }
            finally
            {
                Leave();
            }
        }
        catch (SecretStoreException exception) when (exception.Stamp(requestId))
        {
            throw;
        }
    }

    /// <summary>Sweeps as far as that is possible now. A failure is no failure of what comes after it.</summary>
    public async ValueTask TrySweepAsync(OpenStore open, CancellationToken cancellationToken)
    {
        if (_options.ReadOnly)
        {
            return;
        }

        try
        {
            await StoreSweeping.SweepAsync(open, _options, cancellationToken).ConfigureAwait(false);
        }
        catch (SecretStoreException)
        {
            // Where writing has stopped only compaction helps.
        }
    }

    /// <summary>Opens the store on this thread, if need be, or says which part cannot do that.</summary>
    /// <exception cref="NotSupportedException">A part of the store does not complete synchronously.</exception>
    public void OpenSynchronously()
    {
        RequireSynchronous(_repository.CompletesSynchronously, nameof(ISecretRepository), _repository);
        KeyRing? ring = _keyProvider as KeyRing;
        if (ring is null)
        {
            RequireSynchronous(_keyProvider.CompletesSynchronously, nameof(IKeyProvider), _keyProvider);
        }

        if (Volatile.Read(ref _open) is not null)
        {
            return;
        }

        // The root key is needed for opening only: a ring that is open always completes synchronously.
        if (ring is not null)
        {
            RequireSynchronous(ring.RootKey.CompletesSynchronously, nameof(IRootKey), ring.RootKey);
        }

        Begin();
        try
        {
            // Whoever holds the gate runs synchronous parts only, so this waits for work, not for an asynchronous answer.
            _gate.Wait();
            try
            {
                ValueTask<OpenStore> opening = OpenWithinGateAsync(CancellationToken.None);
                _ = opening.IsCompleted ? opening.GetAwaiter().GetResult() : throw NotSynchronous(nameof(ISecretRepository), _repository);
            }
            finally
            {
                _gate.Release();
            }
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>Closes the store once every operation has ended. Further calls wait for the same closing.</summary>
    public ValueTask DisposeAsync()
    {
        lock (_drained)
        {
            if (_closed is null)
            {
                Volatile.Write(ref _closing, true);
                Leave();
                _closed = CloseWhenDrainedAsync();
            }

            return new ValueTask(_closed);
        }
    }

    /// <summary>Closes the store on this thread.</summary>
    /// <exception cref="NotSupportedException">The repository cannot be closed synchronously; nothing was closed.</exception>
    public void Dispose()
    {
        if (!Volatile.Read(ref _closing))
        {
            RequireSynchronous(_repository.CompletesSynchronously, nameof(ISecretRepository), _repository);
        }

        // Operations under way run on other threads and complete by themselves.
        DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    private static void RequireSynchronous(bool completesSynchronously, string seam, object part)
    {
        if (!completesSynchronously)
        {
            throw NotSynchronous(seam, part);
        }
    }

    private static NotSupportedException NotSynchronous(string seam, object part)
    {
        return new NotSupportedException(
            $"The {seam} of this store ({part.GetType().Name}) does not complete synchronously. Use the asynchronous members: OpenAsync, GetSecretValueAsync, GetSecretValuesAsync, DisposeAsync.");
    }

    private void Begin()
    {
        Interlocked.Increment(ref _users);
        if (Volatile.Read(ref _closing))
        {
            Leave();
            throw new ObjectDisposedException("SecretStore", "The secret store is closed.");
        }
    }

    private async ValueTask<OpenStore> EnterSlowlyAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                return await OpenWithinGateAsync(cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                _gate.Release();
            }
        }
        catch
        {
            Leave();
            throw;
        }
    }

    [AsyncMethodBuilder(typeof(PrecompiledAsyncBuilder<>))]
    private async ValueTask<OpenStore> OpenWithinGateAsync(CancellationToken cancellationToken)
    {
        ProcessStart.Begin();
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return _open ?? await OpenOnceAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (RepositoryConflictException)
            {
                // Another instance has made the store, or changed its keys, between the two steps.
                if (attempt == MaxAttempts)
                {
                    throw StoreFailures.HeaderNotAuthentic(_repository.Location);
                }
            }
        }
    }

    [AsyncMethodBuilder(typeof(PrecompiledAsyncBuilder<>))]
    private async ValueTask<OpenStore> OpenOnceAsync(CancellationToken cancellationToken)
    {
        StoreCipher? cipher = null;
        OpenStore? open = null;
        try
        {
            RepositoryHeader? header = await _repository.ReadHeaderAsync(cancellationToken).ConfigureAwait(false);
            if (header is not null)
            {
                cipher = await StoreUnlocking.UnlockAsync(_keyProvider, header, _repository.Location, isReload: false, cancellationToken).ConfigureAwait(false);
            }
            else if (_options.ReadOnly)
            {
                throw StoreFailures.NothingToRead(_repository.Location);
            }
            else
            {
                (header, cipher) = await StoreUnlocking.CreateAsync(_keyProvider, _repository.Location, cancellationToken).ConfigureAwait(false);
            }

            Recovery = await _repository.StartAsync(header, cipher.Protector, cancellationToken).ConfigureAwait(false);

            if (Recovery.DroppedBytes > 0)
            {
                Instruments.CountDropped(Recovery.DroppedBytes);
            }

            // A newer header is unlocked by the first operation that needs it: the repository cannot be started a second time.
            open = new OpenStore(_repository, _keyProvider, _options, cipher, header.Revision);
            _sweeping = _options.ReadOnly ? null : StoreSweeping.Start(open, _options, Accesses);
            Volatile.Write(ref _open, open);
            return open;
        }
        catch
        {
            if (cipher is not null)
            {
                open?.Dispose();
                cipher.Dispose();
                (_keyProvider as KeyRing)?.Lock();
            }

            await _repository.ReleaseAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task CloseWhenDrainedAsync()
    {
        await _drained.Task.ConfigureAwait(false);
        if (_sweeping is not null)
        {
            await _sweeping.DisposeAsync().ConfigureAwait(false);
        }

        if (_open is not null && Accesses is not null)
        {
            await Accesses.TryWriteAsync(_open, CancellationToken.None).ConfigureAwait(false);
        }

        try
        {
            await _repository.DisposeAsync().ConfigureAwait(false);
        }
        finally
        {
            if (_open is not null)
            {
                _open.Dispose();
                (_keyProvider as KeyRing)?.Lock();
            }

            if (_ownsKeyProvider)
            {
                (_keyProvider as IDisposable)?.Dispose();
            }

            _gate.Dispose();
        }
    }
}
