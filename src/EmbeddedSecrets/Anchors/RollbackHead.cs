namespace EmbeddedSecrets;

/// <summary>Names one state of one store, for an <see cref="IRollbackAnchor"/>.</summary>
/// <param name="StoreId">The id of the store.</param>
/// <param name="Epoch">How often a rollback was accepted; a higher epoch is later, whatever the sequences.</param>
/// <param name="Sequence">The change sequence.</param>
/// <param name="Tag">The tag that the whole history up to this state is chained to.</param>
public readonly record struct RollbackHead(UniqueId StoreId, long Epoch, long Sequence, UniqueId Tag);
