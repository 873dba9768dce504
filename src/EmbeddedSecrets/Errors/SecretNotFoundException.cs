namespace EmbeddedSecrets;

/// <summary>The secret, the version, the stage or the encryption key does not exist (404).</summary>
public sealed class SecretNotFoundException : SecretStoreException
{
    internal SecretNotFoundException(string code, int httpStatus, string message, Exception? innerException = null)
        : base(code, httpStatus, message, innerException)
    {
    }
}
