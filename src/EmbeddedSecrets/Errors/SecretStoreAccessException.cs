namespace EmbeddedSecrets;

/// <summary>The store cannot be opened with what was given: a wrong or missing root key, loose permissions (500); or a policy does not allow the operation (403).</summary>
public sealed class SecretStoreAccessException : SecretStoreException
{
    internal SecretStoreAccessException(string code, int httpStatus, string message, Exception? innerException = null)
        : base(code, httpStatus, message, innerException)
    {
    }
}
