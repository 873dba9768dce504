using EmbeddedSecrets.Errors;

namespace EmbeddedSecrets.Keys;

/// <summary>One named encryption key of an open ring: its generations, each a cipher of its own. Immutable.</summary>
internal sealed record EncryptionKey
{
    public const long FirstGeneration = 1;

    public static readonly TimeSpan MinRotationPeriod = TimeSpan.FromDays(1);
    public static readonly TimeSpan MaxRotationPeriod = TimeSpan.FromDays(3_650);

    public required string Id { get; init; }

    public required EncryptionKeyState State { get; init; }

    public required DateTimeOffset CreateTime { get; init; }

    public string Description { get; init; } = string.Empty;

    /// <summary>Null for a key that is rotated by hand only.</summary>
    public TimeSpan? RotationPeriod { get; init; }

    /// <summary>Set exactly while the state is PendingDeletion.</summary>
    public DateTimeOffset? PlannedDeleteTime { get; init; }

    public required long CurrentGeneration { get; init; }

    public required IReadOnlyDictionary<long, KeyGeneration> Generations { get; init; }

    /// <summary>When the key is rotated by itself; null for one that has no period or cannot be used.</summary>
    public DateTimeOffset? NextRotationTime =>
        RotationPeriod is { } period && State == EncryptionKeyState.Enabled ? After(Generations[CurrentGeneration].CreateTime, period) : null;

    /// <summary>A new key with one generation.</summary>
    public static EncryptionKey Generate(string id, DateTimeOffset now) => new()
    {
        Id = id,
        State = EncryptionKeyState.Enabled,
        CreateTime = now,
        CurrentGeneration = FirstGeneration,
        Generations = new Dictionary<long, KeyGeneration> { [FirstGeneration] = KeyGeneration.Generate(now) },
    };

    /// <summary>A clock that stands near the end of the calendar is wrong, but must not make an operation fail.</summary>
    public static DateTimeOffset After(DateTimeOffset time, TimeSpan span) =>
        span < DateTimeOffset.MaxValue - time ? time + span : DateTimeOffset.MaxValue;

    /// <summary>A generation, whatever state the key is in: to use it, <see cref="RequireEnabled"/> first.</summary>
    public KeyGeneration Find(long generation)
    {
        return Generations.TryGetValue(generation, out KeyGeneration? found) ? found : throw KeyFailures.GenerationUnknown(Id, generation);
    }

    /// <summary>Refuses a key that is disabled or scheduled for deletion. The store's own key is never refused.</summary>
    public void RequireEnabled()
    {
        if (State != EncryptionKeyState.Enabled && Id != EncryptionKeys.Store)
        {
            throw KeyFailures.KeyUnusable(Id, State == EncryptionKeyState.Disabled ? UnavailabilityReason.KeyDisabled : UnavailabilityReason.KeyPendingDeletion, null);
        }
    }

    /// <summary>The same key with generations of its own.</summary>
    public EncryptionKey Copy() => this with { Generations = Generations.ToDictionary(static pair => pair.Key, static pair => pair.Value.Copy()) };

    public void DisposeGenerations()
    {
        foreach (KeyGeneration generation in Generations.Values)
        {
            generation.Dispose();
        }
    }
}
