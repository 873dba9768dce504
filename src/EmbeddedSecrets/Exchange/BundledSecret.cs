using EmbeddedSecrets.Secrets;

namespace EmbeddedSecrets.Exchange;

/// <summary>One secret of a bundle: without contents, and beside it the value of each version, null where it is destroyed. Owns the values.</summary>
internal sealed class BundledSecret(Secret secret, SecretValue?[] values) : IDisposable
{
    public Secret Secret => secret;

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
