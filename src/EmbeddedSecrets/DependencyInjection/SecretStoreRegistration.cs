using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace EmbeddedSecrets.DependencyInjection;

/// <summary>What one registered store is made of: the last word of the builder for each part. It composes the store and validates its options.</summary>
internal sealed class SecretStoreRegistration(string? name) : IValidateOptions<SecretStoreOptions>
{
    public string? Name { get; } = name;

    /// <summary>The name of the options: that of the store, or the default.</summary>
    public string OptionsName => Name ?? Options.DefaultName;

    public string? Directory { get; set; }

    public bool IsInMemory { get; set; }

    public Func<IServiceProvider, ISecretRepository>? Repository { get; set; }

    public IRootKey? RootKey { get; set; }

    public Func<IServiceProvider, IKeyProvider>? KeyProvider { get; set; }

    public Func<IServiceProvider, IVersionLog>? VersionLog { get; set; }

    public Func<IServiceProvider, IAuditSink>? AuditSink { get; set; }

    private bool NeedsDirectory => Repository is null && !IsInMemory && Directory is null;

    private bool NeedsRootKey => KeyProvider is null && RootKey is null && !IsInMemory;

    public SecretStore Create(IServiceProvider services)
    {
        // Reading the options validates them, with a host or without.
        SecretStoreOptions options = services.GetRequiredService<IOptionsMonitor<SecretStoreOptions>>().Get(OptionsName);
        if (options.TimeProvider == TimeProvider.System && services.GetService<TimeProvider>() is { } time)
        {
            options = SecretStoreOptionsValidator.CopyValid(options);
            options.TimeProvider = time;
        }

        if (AuditSink is not null)
        {
            options = SecretStoreOptionsValidator.CopyValid(options);
            options.AuditSink = AuditSink(services);
        }

        ISecretRepository repository = Repository?.Invoke(services)
            ?? (IsInMemory ? new InMemorySecretRepository() : new FileSecretRepository(Directory ?? DefaultLocations.StoreDirectory().Path!, options));
        IVersionLog? versionLog = VersionLog?.Invoke(services);
        return KeyProvider is not null
            ? new SecretStore(repository, KeyProvider(services), versionLog, options)
            : SecretStore.WithRing(repository, RootKey ?? DefaultRootKey(), versionLog, options);
    }

    public ValidateOptionsResult Validate(string? name, SecretStoreOptions options)
    {
        if (name != OptionsName)
        {
            return ValidateOptionsResult.Skip;
        }

        List<string> failures = [.. SecretStoreOptionsValidator.FindFailures(options)];
        if (NeedsDirectory && Name is not null)
        {
            failures.Add($"The store '{Name}' has no place. Call {nameof(SecretStoreBuilder.UseDirectory)} with a directory of its own, or {nameof(SecretStoreBuilder.UseInMemory)}.");
        }
        else if (NeedsDirectory && DefaultLocations.StoreDirectory().Problem is { } noDirectory)
        {
            failures.Add(noDirectory);
        }

        if (NeedsRootKey && Name is not null)
        {
            failures.Add($"The store '{Name}' has no root key. Call {nameof(SecretStoreBuilder.UseKeyFile)}, {nameof(SecretStoreBuilder.UseMountedKeyFile)}, {nameof(SecretStoreBuilder.UsePassphrase)}, {nameof(SecretStoreBuilder.UseRootKey)} or {nameof(SecretStoreBuilder.UseKeyProvider)}.");
        }
        else if (NeedsRootKey && DefaultLocations.KeyFile().Problem is { } noKeyFile)
        {
            failures.Add(noKeyFile);
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private IRootKey DefaultRootKey()
    {
        return IsInMemory ? EmbeddedSecrets.RootKey.Random() : EmbeddedSecrets.RootKey.FromFile(DefaultLocations.KeyFile().Path!);
    }
}
