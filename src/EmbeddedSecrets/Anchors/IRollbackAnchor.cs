namespace EmbeddedSecrets;

/// <summary>
/// Keeps the newest state of a store in another place, so that an older copy of the store that is put back, or a log whose end
/// was cut off, is found (DESIGN F5). What it is worth depends on the place: a file of the same user guards against mistakes,
/// a place that the attacker cannot write guards against the attacker.
/// </summary>
/// <remarks>
/// The store reads it when it is opened, and advances it after the flush of a batch and before the batch is acknowledged, on
/// the thread that writes: a slow anchor makes every put slow. That is the thread of one of the callers, or one of the store's
/// own without anybody's context, while all who put wait: an anchor must not wait for what a caller of the store may hold, and
/// not call the store. Called by one thread at a time. When advancing fails, the commits of that batch are durable and succeed;
/// later ones are refused until it succeeds, so that the anchor is never more than one batch behind.
/// </remarks>
public interface IRollbackAnchor
{
    /// <summary>Reads the state that was kept last.</summary>
    /// <returns>The state, or null when none was ever kept: then the store is believed as it is.</returns>
    RollbackHead? Read();

    /// <summary>Keeps a later state. When the call returns it must be as durable as the anchor is meant to be.</summary>
    /// <param name="head">The state.</param>
    void Advance(RollbackHead head);
}
