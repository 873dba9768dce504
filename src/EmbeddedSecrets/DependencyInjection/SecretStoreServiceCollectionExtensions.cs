using EmbeddedSecrets;
using EmbeddedSecrets.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers secret stores.</summary>
public static class SecretStoreServiceCollectionExtensions
{
    /// <summary>
    /// Registers a <see cref="SecretStore"/> as a singleton. Without a word about place and key, the store is in
    /// <c>$XDG_DATA_HOME</c> or <c>$HOME/.local/share</c>, and its key file in <c>$XDG_CONFIG_HOME</c> or <c>$HOME/.config</c>,
    /// each below <c>EmbeddedSecrets/</c> and the name of the program; on Windows they are in <c>%LOCALAPPDATA%</c> and
    /// <c>%APPDATA%</c>. Calling it again goes on with the same store.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Says what the store is made of; null for the defaults.</param>
    /// <returns>The builder, to say more.</returns>
    /// <exception cref="ArgumentNullException">The services are null.</exception>
    public static SecretStoreBuilder AddSecretStore(this IServiceCollection services, Action<SecretStoreBuilder>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        SecretStoreRegistration registration = Register(services, null);
        services.TryAddSingleton(registration.Create);
        return Build(services, registration, configure);
    }

    /// <summary>
    /// Registers a named <see cref="SecretStore"/> as a keyed singleton: <c>[FromKeyedServices("name")]</c>. It has no default
    /// place and no default key. Calling it again with the same name goes on with the same store.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="name">The name, which is the service key and the name of the options.</param>
    /// <param name="configure">Says what the store is made of.</param>
    /// <returns>The builder, to say more.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public static SecretStoreBuilder AddKeyedSecretStore(this IServiceCollection services, string name, Action<SecretStoreBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(configure);
        SecretStoreRegistration registration = Register(services, name);
        services.TryAddKeyedSingleton(name, (provider, _) => registration.Create(provider));
        return Build(services, registration, configure);
    }

    private static SecretStoreRegistration Register(IServiceCollection services, string? name)
    {
        SecretStoreRegistration? known = services
            .Select(static descriptor => descriptor.IsKeyedService ? null : descriptor.ImplementationInstance as SecretStoreRegistration)
            .FirstOrDefault(registration => registration is not null && registration.Name == name);
        if (known is not null)
        {
            return known;
        }

        var registration = new SecretStoreRegistration(name);
        services.AddSingleton<IValidateOptions<SecretStoreOptions>>(registration);
        services.AddOptions<SecretStoreOptions>(registration.OptionsName).ValidateOnStart();
        return registration;
    }

    private static SecretStoreBuilder Build(IServiceCollection services, SecretStoreRegistration registration, Action<SecretStoreBuilder>? configure)
    {
        var builder = new SecretStoreBuilder(services, registration);
        configure?.Invoke(builder);
        return builder;
    }
}
