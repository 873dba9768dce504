namespace EmbeddedSecrets;

/// <summary>
/// From when until when the value of a version may be read. Outside that time a read answers
/// <c>Rejected.Unavailable</c>, unless the validity is advisory. Immutable.
/// </summary>
public sealed class SecretVersionValidity
{
    /// <summary>Makes a validity.</summary>
    /// <param name="notBefore">The first instant at which the value may be read; null for no beginning.</param>
    /// <param name="expiresAt">The instant from which it may not be read any more; null for no end. Later than <paramref name="notBefore"/>.</param>
    /// <param name="isAdvisory">Whether the times are only shown and never enforced.</param>
    /// <exception cref="ArgumentException"><paramref name="expiresAt"/> is not later than <paramref name="notBefore"/>.</exception>
    public SecretVersionValidity(DateTimeOffset? notBefore = null, DateTimeOffset? expiresAt = null, bool isAdvisory = false)
    {
        if (notBefore >= expiresAt)
        {
            throw new ArgumentException("A version must expire later than it becomes valid.", nameof(expiresAt));
        }

        NotBefore = notBefore?.ToUniversalTime();
        ExpiresAt = expiresAt?.ToUniversalTime();
        IsAdvisory = isAdvisory;
    }

    /// <summary>Gets the validity without a beginning and without an end.</summary>
    public static SecretVersionValidity Always { get; } = new();

    /// <summary>Gets the first instant at which the value may be read, in UTC; null for no beginning.</summary>
    public DateTimeOffset? NotBefore { get; }

    /// <summary>Gets the instant from which the value may not be read any more, in UTC; null for no end.</summary>
    public DateTimeOffset? ExpiresAt { get; }

    /// <summary>Gets a value indicating whether the times are only shown and never enforced.</summary>
    public bool IsAdvisory { get; }
}
