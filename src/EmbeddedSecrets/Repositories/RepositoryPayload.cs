namespace EmbeddedSecrets;

/// <summary>One payload, stored apart from its record: a sealed value.</summary>
/// <param name="Id">16 random bytes drawn by the store; never used twice.</param>
/// <param name="Sealed">The sealed bytes. The repository copies or writes them before the commit completes and keeps no reference.</param>
public readonly record struct RepositoryPayload(UniqueId Id, ReadOnlyMemory<byte> Sealed);
