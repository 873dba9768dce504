namespace EmbeddedSecrets;

/// <summary>
/// The default version log: it keeps the newest versions up to its capacity and lets the oldest versions without a stage fall
/// out, never the one just written (SPEC section 1, items 1 and 2).
/// </summary>
public sealed class RingVersionLog : IVersionLog
{
    /// <summary>The smallest capacity: 8, the most stages a secret can have.</summary>
    public const int MinCapacity = 8;

    /// <summary>The largest capacity, and the default: 10.</summary>
    public const int MaxCapacity = 10;

    /// <summary>Makes a version log.</summary>
    /// <param name="capacity">8 to 10 versions.</param>
    /// <exception cref="ArgumentOutOfRangeException">The capacity is below 8 or above 10.</exception>
    public RingVersionLog(int capacity = MaxCapacity)
    {
        throw new NotImplementedException();
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Evict(IReadOnlyList<SecretVersion> versions) => throw new NotImplementedException();
}
