namespace EmbeddedSecrets;

/// <summary>The version, or the encryption key that protects it, exists but cannot be used now (409; an absent key is 404).</summary>
public sealed class SecretUnavailableException : SecretStoreException
{
    internal SecretUnavailableException(string code, int httpStatus, UnavailabilityReason reason, string message, Exception? innerException = null)
        : base(code, httpStatus, message, innerException)
    {
        Reason = reason;
    }

    /// <summary>Gets what stands in the way.</summary>
    public UnavailabilityReason Reason { get; }

    /// <summary>
    /// Makes the exception with which an <see cref="IKeyProvider"/> says that a key cannot be used. Any other exception
    /// that a provider throws is reported as <see cref="UnavailabilityReason.KeyUnavailable"/>, never as tampering.
    /// </summary>
    /// <param name="keyId">The encryption key that was asked for.</param>
    /// <param name="reason">One of the reasons that begin with <c>Key</c>.</param>
    /// <param name="innerException">The failure of the key service, if there was one. It must hold no key material.</param>
    /// <returns>The exception to throw.</returns>
    /// <exception cref="ArgumentException">The key id is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The reason is not about a key.</exception>
    public static SecretUnavailableException ForKey(string keyId, UnavailabilityReason reason, Exception? innerException = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(keyId);
        return Errors.KeyFailures.KeyUnusable(keyId, reason, innerException);
    }
}
