using EmbeddedSecrets.Secrets;

namespace EmbeddedSecrets.Exchange;

/// <summary>One secret of a bundle: without contents, and beside it the value of each version, null where it is destroyed. Owns the values.</summary>
internal sealed class BundledSecret(Secret secret, SecretValue?[] values, string? policy = null) : IDisposable
{
    public Secret Secret => secret;

    /// <summary>The text of the policy; null for none. The reference to it in the secret is that of a store.</summary>
    public string? Policy => policy;

    /// <summary>In the order of the versions.</summary>
    public SecretValue?[] Values => values;

    public void Dispose()
    {
        foreach (SecretValue? value in values)
        {
            value?.Dispose();
        }
    }
}
