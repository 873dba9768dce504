namespace EmbeddedSecrets;

/// <summary>Stored bytes are damaged, not authentic, or of a format that is not known; nothing of them was believed (500).</summary>
public sealed class SecretStoreIntegrityException : SecretStoreException
{
    internal SecretStoreIntegrityException(string code, int httpStatus, string message, Exception? innerException = null)
        : base(code, httpStatus, message, innerException)
    {
    }
}
