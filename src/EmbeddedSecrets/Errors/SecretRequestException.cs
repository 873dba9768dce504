namespace EmbeddedSecrets;

/// <summary>The request is well-formed but does not fit what is stored: a limit, a stage that is elsewhere (400).</summary>
public sealed class SecretRequestException : SecretStoreException
{
    internal SecretRequestException(string code, int httpStatus, string message, Exception? innerException = null)
        : base(code, httpStatus, message, innerException)
    {
    }
}
