using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography.X509Certificates;
using EmbeddedSecrets.DependencyInjection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace EmbeddedSecrets;

/// <summary>
/// Says what a registered store is made of. For each part, where the data is, what opens it, which versions fall out, the
/// last call wins. Every method returns the builder. Nothing is read or written before the store is used.
/// </summary>
public sealed class SecretStoreBuilder
{
    private readonly SecretStoreRegistration _registration;

    internal SecretStoreBuilder(IServiceCollection services, SecretStoreRegistration registration)
    {
        Services = services;
        _registration = registration;
    }

    /// <summary>Gets the services that the store is registered in.</summary>
    public IServiceCollection Services { get; }

    /// <summary>Gets the name of the store, or null for the one that has none.</summary>
    public string? Name => _registration.Name;

    /// <summary>Keeps the store in a directory of its own.</summary>
    /// <param name="directory">The directory; a relative path is below the current directory. It is made, with mode 0700, when the store is opened first.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentException">The directory is empty.</exception>
    public SecretStoreBuilder UseDirectory(string directory)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        return SetPlace(Path.GetFullPath(directory), isInMemory: false, null);
    }

    /// <summary>Keeps the store in memory: it is empty at every start. Without another root key it uses a random one.</summary>
    /// <returns>The builder.</returns>
    public SecretStoreBuilder UseInMemory()
    {
        return SetPlace(null, isInMemory: true, null);
    }

    /// <summary>Keeps the store in a repository of one's own, made by the container. The store disposes it; a second disposal by the container must be harmless. Dispose the container with DisposeAsync, unless the repository is IDisposable too.</summary>
    /// <typeparam name="T">The repository; registered as a singleton, for a named store as a keyed one, unless it is registered so already.</typeparam>
    /// <returns>The builder.</returns>
    public SecretStoreBuilder UseRepository<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] T>()
        where T : class, ISecretRepository
    {
        return SetPlace(null, isInMemory: false, Part<T>());
    }

    /// <summary>Opens the store with a key file, which is made, with mode 0600, together with a new store.</summary>
    /// <param name="path">The file; not in the directory of the store, so that a copy of the one is worth nothing without the other.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentException">The path is empty.</exception>
    public SecretStoreBuilder UseKeyFile(string path)
    {
        return UseRootKey(RootKey.FromFile(path));
    }

    /// <summary>Opens the store with a key file that an orchestrator mounts; see <see cref="RootKey.FromMountedFile"/> for what can be checked there.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentException">The path is empty.</exception>
    public SecretStoreBuilder UseMountedKeyFile(string path)
    {
        return UseRootKey(RootKey.FromMountedFile(path));
    }

    /// <summary>Opens the store with a passphrase. A key of 256 random bits is stronger than any passphrase: prefer <see cref="UseKeyFile"/>.</summary>
    /// <param name="passphrase">The passphrase.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentException">The passphrase is empty.</exception>
    public SecretStoreBuilder UsePassphrase(string passphrase)
    {
        return UseRootKey(RootKey.FromPassphrase(passphrase));
    }

    /// <summary>Opens the store with the RSA key of a certificate; see <see cref="RootKey.FromCertificate"/> for what it promises and what not.</summary>
    /// <param name="certificate">The certificate with its private key, 3,072 to 16,384 bits of RSA. The caller owns it and disposes it after the container.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException">The certificate is null.</exception>
    /// <exception cref="ArgumentException">The certificate holds no RSA key, or one of another size.</exception>
    public SecretStoreBuilder UseCertificate(X509Certificate2 certificate)
    {
        return UseRootKey(RootKey.FromCertificate(certificate));
    }

    /// <summary>Opens the store with any root key, such as <see cref="RootKey.FromEnvironment"/>.</summary>
    /// <param name="rootKey">The root key.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException">The root key is null.</exception>
    public SecretStoreBuilder UseRootKey(IRootKey rootKey)
    {
        ArgumentNullException.ThrowIfNull(rootKey);
        _registration.RootKey = rootKey;
        _registration.KeyProvider = null;
        return this;
    }

    /// <summary>Wraps data keys with a provider of one's own, such as a remote key service, instead of a key ring.</summary>
    /// <typeparam name="T">The provider; registered as a singleton, for a named store as a keyed one, unless it is registered so already.</typeparam>
    /// <returns>The builder.</returns>
    public SecretStoreBuilder UseKeyProvider<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] T>()
        where T : class, IKeyProvider
    {
        _registration.KeyProvider = Part<T>();
        _registration.RootKey = null;
        return this;
    }

    /// <summary>Lets a version log of one's own decide which versions fall out.</summary>
    /// <typeparam name="T">The version log; registered as a singleton, for a named store as a keyed one, unless it is registered so already.</typeparam>
    /// <returns>The builder.</returns>
    public SecretStoreBuilder UseVersionLog<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] T>()
        where T : class, IVersionLog
    {
        _registration.VersionLog = Part<T>();
        return this;
    }

    /// <summary>Tells an audit sink of one's own of every operation; see <see cref="SecretStoreOptions.AuditSink"/>, which it takes the place of.</summary>
    /// <typeparam name="T">The sink; registered as a singleton, for a named store as a keyed one, unless it is registered so already.</typeparam>
    /// <returns>The builder.</returns>
    public SecretStoreBuilder UseAuditSink<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] T>()
        where T : class, IAuditSink
    {
        _registration.AuditSink = Part<T>();
        return this;
    }

    /// <summary>Writes every operation to an audit trail in files, with a <see cref="FileAuditSink"/> that the container disposes after the store.</summary>
    /// <param name="directory">The directory of the trail, which holds nothing else. It is made if need be.</param>
    /// <param name="keyFile">The file of the audit key, in another directory. It is made together with a new trail.</param>
    /// <param name="options">How to write; null for the defaults.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentException">A path is empty.</exception>
    public SecretStoreBuilder UseAuditFile(string directory, string keyFile, FileAuditSinkOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        ArgumentException.ThrowIfNullOrEmpty(keyFile);

        // A service, so that the container disposes it; of a key that nobody else has, so that the last call wins.
        object key = new();
        (directory, keyFile) = (Path.GetFullPath(directory), Path.GetFullPath(keyFile));
        Services.AddKeyedSingleton(key, (_, _) => new FileAuditSink(directory, keyFile, options));
        _registration.AuditSink = services => services.GetRequiredKeyedService<FileAuditSink>(key);
        return this;
    }

    /// <summary>Changes the options. They are validated when a host starts, and when the store is made.</summary>
    /// <param name="configure">The change.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException">The change is null.</exception>
    public SecretStoreBuilder Configure(Action<SecretStoreOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        Services.Configure(_registration.OptionsName, configure);
        return this;
    }

    private SecretStoreBuilder SetPlace(string? directory, bool isInMemory, Func<IServiceProvider, ISecretRepository>? repository)
    {
        _registration.Directory = directory;
        _registration.IsInMemory = isInMemory;
        _registration.Repository = repository;
        return this;
    }

    private Func<IServiceProvider, T> Part<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] T>()
        where T : class
    {
        if (Name is null)
        {
            Services.TryAddSingleton<T>();
            return static services => services.GetRequiredService<T>();
        }

        string name = Name;
        Services.TryAddKeyedSingleton<T>(name);
        return services => services.GetRequiredKeyedService<T>(name);
    }
}
