namespace EmbeddedSecrets;

/// <summary>What a rewrapping did.</summary>
public sealed class RewrapResult
{
    internal RewrapResult()
    {
    }

    /// <summary>Gets how many versions this call wrapped again. What another instance rewrapped at the same time is not counted.</summary>
    public required long Rewrapped { get; init; }

    /// <summary>Gets how many versions were under the current generation of their key already.</summary>
    public required long AlreadyCurrent { get; init; }

    /// <summary>Gets how many versions were passed over, since their key is disabled, scheduled for deletion or not there.</summary>
    public required long Unavailable { get; init; }

    /// <summary>Gets the generations on which nothing hung any more, and that left the key ring for good.</summary>
    public required IReadOnlyList<EncryptionKeyGenerationId> DroppedGenerations { get; init; }

    /// <summary>Gets the old generations that are still in the key ring: something hangs on them, or the store was written to all the time. Rewrap again later.</summary>
    public required IReadOnlyList<EncryptionKeyGenerationId> RemainingGenerations { get; init; }
}
