namespace EmbeddedSecrets;

/// <summary>The store cannot do this now: locked, writing stopped, outcome unknown, disk or key service failing (503).</summary>
public sealed class SecretStoreUnavailableException : SecretStoreException
{
    internal SecretStoreUnavailableException(string code, int httpStatus, string message, Exception? innerException = null)
        : base(code, httpStatus, message, innerException)
    {
    }
}
