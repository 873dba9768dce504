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

    private readonly int _capacity;

    /// <summary>Makes a version log.</summary>
    /// <param name="capacity">8 to 10 versions.</param>
    /// <exception cref="ArgumentOutOfRangeException">The capacity is below 8 or above 10.</exception>
    public RingVersionLog(int capacity = MaxCapacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, MinCapacity);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, MaxCapacity);
        _capacity = capacity;
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Evict(IReadOnlyList<SecretVersion> versions)
    {
        ArgumentNullException.ThrowIfNull(versions);
        int surplus = versions.Count - _capacity;
        if (surplus <= 0)
        {
            return [];
        }

        var evicted = new List<string>(surplus);
        for (int i = 0; i < versions.Count - 1 && evicted.Count < surplus; i++)
        {
            if (versions[i].Stages.Count == 0)
            {
                evicted.Add(versions[i].VersionId);
            }
        }

        return evicted;
    }
}
