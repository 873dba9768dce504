namespace EmbeddedSecrets;

/// <summary>One record as a repository stores it: a name, its stamp, and sealed bytes that mean nothing to the repository.</summary>
/// <param name="Name">The name of the secret.</param>
/// <param name="Stamp">The state of the record.</param>
/// <param name="Sealed">The sealed record; not to be changed by anybody. Empty where the asker had said that it holds this state already.</param>
public readonly record struct RepositoryRecord(string Name, RecordStamp Stamp, ReadOnlyMemory<byte> Sealed);
