using EmbeddedSecrets.Diagnostics;
using EmbeddedSecrets.Errors;
using EmbeddedSecrets.Pipeline;

namespace EmbeddedSecrets;

/// <summary>
/// A secret store inside the process: named secrets with ten rolling versions and stages, envelope encryption with a data
/// key per version, scheduled deletion with restore, tags, and optimistic concurrency. Safe for several threads at once.
/// </summary>
/// <remarks>
/// <para>Constructing a store does no I/O; the first operation opens it, and a failed opening is tried again by the next one.
/// <see cref="OpenAsync"/> and <see cref="Open"/> are constructor plus opening.</para>
/// <para>A change is durable, and visible to every later read, when its call completes. Every operation throws
/// <see cref="ArgumentException"/> for what the arguments alone show to be wrong, <see cref="SecretStoreException"/> for what
/// depends on stored state, <see cref="ObjectDisposedException"/> after the store was disposed, and
/// <see cref="OperationCanceledException"/> when it was cancelled in time; then nothing was changed. Only
/// <see cref="GetRandomPassword"/>, which touches nothing stored, works on a disposed store too.</para>
/// <para>Whoever has a namespace called <c>SecretStore</c> of their own writes <c>using Store = EmbeddedSecrets.SecretStore;</c>.</para>
/// </remarks>
public sealed partial class SecretStore : IDisposable, IAsyncDisposable
{
    private readonly StoreSession _session;
    private readonly IVersionLog _versionLog;
    private readonly SecretStoreOptions _options;
    private readonly OperationObserver _observer;
    private readonly SecretStoreKeys? _keys;
    private readonly SecretStoreMaintenance? _maintenance;

    /// <summary>Who calls; null for the owner of the store.</summary>
    private readonly string? _principal;

    /// <summary>Composes a store from its parts, without I/O.</summary>
    /// <param name="repository">Where sealed records are kept. The store owns it and disposes it.</param>
    /// <param name="keyProvider">Generates, wraps and unwraps data keys. It belongs to the caller; a <see cref="KeyRing"/> is locked when the store closes.</param>
    /// <param name="versionLog">Decides which versions fall out; null for a <see cref="RingVersionLog"/> of 10.</param>
    /// <param name="options">The options; null for those of a <see cref="FileSecretRepository"/>, else for the defaults. They are copied.</param>
    /// <exception cref="ArgumentNullException">The repository or the key provider is null.</exception>
    /// <exception cref="ArgumentException">The repository was made with options that contradict these.</exception>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option is out of its range.</exception>
    public SecretStore(ISecretRepository repository, IKeyProvider keyProvider, IVersionLog? versionLog = null, SecretStoreOptions? options = null)
        : this(repository, keyProvider, versionLog, options, ownsKeyProvider: false)
    {
    }

    private SecretStore(ISecretRepository repository, IKeyProvider keyProvider, IVersionLog? versionLog, SecretStoreOptions? options, bool ownsKeyProvider)
    {
        ArgumentNullException.ThrowIfNull(repository);
        ArgumentNullException.ThrowIfNull(keyProvider);
        var file = repository as FileSecretRepository;
        _options = SecretStoreOptionsValidator.CopyValid(options ?? file?.Options);
        file?.RequireSame(_options, nameof(options));
        (keyProvider as KeyRing)?.UseClock(_options.TimeProvider);
        _versionLog = versionLog ?? new RingVersionLog();
        _session = new StoreSession(repository, keyProvider, ownsKeyProvider, _options);
        _observer = new OperationObserver(_options);
        _maintenance = new SecretStoreMaintenance(_session, _versionLog, _observer);
        _keys = new SecretStoreKeys(_session, keyProvider as KeyRing, _options, _observer);
    }

    private SecretStore(SecretStore owner, string principal)
    {
        _session = owner._session;
        _versionLog = owner._versionLog;
        _options = owner._options;
        _observer = owner._observer;
        _principal = principal;
    }

    /// <summary>Gets the life of the store, for tests that look at what is kept in memory.</summary>
    internal StoreSession Session => _session;

    /// <summary>Gets what the repository found when it was opened, such as an unfinished commit that it dropped; null before the store is open.</summary>
    public RecoveryReport? Recovery => _session.Recovery;

    /// <summary>Gets what an operator does with the store as a whole.</summary>
    /// <exception cref="SecretStoreAccessException">This is a view that acts as a principal.</exception>
    public SecretStoreMaintenance Maintenance => _maintenance ?? throw SecretFailures.OwnerOnly(nameof(Maintenance));

    /// <summary>Gets the encryption keys under which the data keys of secrets are wrapped.</summary>
    /// <exception cref="SecretStoreAccessException">This is a view that acts as a principal.</exception>
    public SecretStoreKeys Keys => _keys ?? throw SecretFailures.OwnerOnly(nameof(Keys));

    /// <summary>Opens the store in a directory, or creates it there.</summary>
    /// <param name="directory">The directory, made with mode 0700 if it does not exist. Several stores, in one process and in several on one machine, may use it at once.</param>
    /// <param name="rootKey">The key that opens the store; see <see cref="RootKey"/>.</param>
    /// <param name="options">The options; null for the defaults. They are copied.</param>
    /// <param name="cancellationToken">Ends the opening.</param>
    /// <returns>The open store.</returns>
    /// <exception cref="ArgumentException">The directory is empty, or an argument is null.</exception>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option is out of its range.</exception>
    /// <exception cref="SecretStoreException">The store cannot be opened: locked, wrong or missing key, loose permissions, damaged, not authentic, or the medium failed. A store that exists is unchanged.</exception>
    public static async ValueTask<SecretStore> OpenAsync(string directory, IRootKey rootKey, SecretStoreOptions? options = null, CancellationToken cancellationToken = default)
    {
        ProcessStart.Begin();
        SecretStore store = InDirectory(directory, rootKey, options);
        try
        {
            _ = await store._session.EnterAsync(cancellationToken).ConfigureAwait(false);
            store._session.Leave();
            return store;
        }
        catch
        {
            await store.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Opens the store in a directory, or creates it there, on this thread.</summary>
    /// <param name="directory">The directory, made with mode 0700 if it does not exist. Several stores, in one process and in several on one machine, may use it at once.</param>
    /// <param name="rootKey">The key that opens the store; see <see cref="RootKey"/>.</param>
    /// <param name="options">The options; null for the defaults. They are copied.</param>
    /// <returns>The open store.</returns>
    /// <exception cref="ArgumentException">The directory is empty, or an argument is null.</exception>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option is out of its range.</exception>
    /// <exception cref="NotSupportedException">The root key does not complete synchronously: use <see cref="OpenAsync"/>.</exception>
    /// <exception cref="SecretStoreException">The store cannot be opened: locked, wrong or missing key, loose permissions, damaged, not authentic, or the medium failed. A store that exists is unchanged.</exception>
    public static SecretStore Open(string directory, IRootKey rootKey, SecretStoreOptions? options = null)
    {
        ProcessStart.Begin();
        SecretStore store = InDirectory(directory, rootKey, options);
        try
        {
            store._session.OpenSynchronously();
            return store;
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <summary>Makes a store that lives in memory, under a random key, and is gone when it is disposed: for tests and for what must not last.</summary>
    /// <param name="time">The clock; null for the system's.</param>
    /// <returns>The store.</returns>
    public static SecretStore CreateInMemory(TimeProvider? time = null)
    {
        return WithRing(new InMemorySecretRepository(), RootKey.Random(), null, new SecretStoreOptions { TimeProvider = time ?? TimeProvider.System });
    }

    /// <summary>Closes the store: waits for the operations under way, ends the log in order, zeroes the keys, and releases the lock. Disposing twice is harmless; disposing a view of <see cref="WithPrincipal"/> does nothing.</summary>
    /// <exception cref="NotSupportedException">The repository cannot be closed synchronously: use <see cref="DisposeAsync"/>. Nothing was closed.</exception>
    public void Dispose()
    {
        if (_principal is null)
        {
            _session.Dispose();
        }
    }

    /// <summary>Closes the store: waits for the operations under way, ends the log in order, zeroes the keys, and releases the lock. Disposing twice is harmless; disposing a view of <see cref="WithPrincipal"/> does nothing.</summary>
    /// <returns>When the store is closed.</returns>
    public ValueTask DisposeAsync()
    {
        return _principal is null ? _session.DisposeAsync() : ValueTask.CompletedTask;
    }

    /// <summary>Composes a store around a key ring that it owns.</summary>
    internal static SecretStore WithRing(ISecretRepository repository, IRootKey rootKey, IVersionLog? versionLog, SecretStoreOptions? options)
    {
        return new SecretStore(repository, new KeyRing(rootKey), versionLog, options, ownsKeyProvider: true);
    }

    private static SecretStore InDirectory(string directory, IRootKey rootKey, SecretStoreOptions? options)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        ArgumentNullException.ThrowIfNull(rootKey);
        return WithRing(new FileSecretRepository(directory, options), rootKey, null, options);
    }
}
