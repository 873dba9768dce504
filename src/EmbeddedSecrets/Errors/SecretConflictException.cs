namespace EmbeddedSecrets;

/// <summary>The state of the secret forbids the operation, or it was changed meanwhile (409, 412).</summary>
public sealed class SecretConflictException : SecretStoreException
{
    internal SecretConflictException(string code, int httpStatus, string message, Exception? innerException = null)
        : base(code, httpStatus, message, innerException)
    {
    }
}
