namespace EmbeddedSecrets;

/// <summary>The change of one name inside a <see cref="RepositoryCommit"/>.</summary>
public sealed class RepositoryChange
{
    /// <summary>Gets the name.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the state that the record must have now; <see cref="RecordStamp.Absent"/> requires that there is none.</summary>
    public required RecordStamp Expected { get; init; }

    /// <summary>Gets the record to store, its name equal to <see cref="Name"/>, or null to remove the record.</summary>
    public required RepositoryRecord? Record { get; init; }

    /// <summary>Gets the payloads that the commit adds.</summary>
    public IReadOnlyList<RepositoryPayload> AddedPayloads { get; init; } = [];

    /// <summary>Gets the ids of the payloads that nothing refers to any more after the commit.</summary>
    public IReadOnlyList<UniqueId> DroppedPayloads { get; init; } = [];
}
