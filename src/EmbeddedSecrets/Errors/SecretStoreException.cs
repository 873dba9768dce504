using EmbeddedSecrets.Errors;

namespace EmbeddedSecrets;

/// <summary>
/// The root of every failure that depends on what is stored. What the arguments alone show to be wrong is an
/// <see cref="ArgumentException"/> instead; a disposed store and a cancelled call keep the exceptions of the BCL.
/// </summary>
/// <remarks>No message, and no inner exception, ever holds a secret's value or a key.</remarks>
public abstract class SecretStoreException : Exception
{
    private protected SecretStoreException(string code, int httpStatus, string message, Exception? innerException)
        : base(message, innerException)
    {
        Code = code;
        HttpStatus = httpStatus;
    }

    /// <summary>Gets the code of the failure, one of <see cref="SecretStoreErrorCodes"/>. Codes are stable; messages are not.</summary>
    public string Code { get; }

    /// <summary>Gets the HTTP status that an endpoint in front of the store should answer with.</summary>
    public int HttpStatus { get; }

    /// <summary>Gets the id of the operation that failed, or the empty string where the failure belongs to none.</summary>
    public string RequestId { get; private set; } = string.Empty;

    /// <summary>Gets or sets whether a policy refused the operation, which the code does not always show.</summary>
    internal bool IsDenial { get; set; }

    /// <summary>Writes the request id of the operation once; an exception filter, so that the stack is untouched.</summary>
    /// <returns>Always <see langword="false"/>.</returns>
    internal bool Stamp(RequestId requestId)
    {
        if (RequestId.Length == 0)
        {
            RequestId = requestId.ToString();
        }

        return false;
    }
}
