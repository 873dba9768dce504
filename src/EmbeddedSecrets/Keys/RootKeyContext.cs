namespace EmbeddedSecrets;

/// <summary>For which store a root key is used. Immutable.</summary>
/// <param name="StoreId">The id of the store; a slot must be bound to it, so that a slot of another store does not open.</param>
/// <param name="StoreLocation">Where the store is, for messages.</param>
/// <param name="IsNewStore">Whether the store is being created: only then may a root key that does not exist yet be made (DESIGN K10).</param>
public sealed record RootKeyContext(UniqueId StoreId, string StoreLocation, bool IsNewStore);
