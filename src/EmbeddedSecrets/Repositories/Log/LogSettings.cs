namespace EmbeddedSecrets.Repositories.Log;

/// <summary>What the options of a store say about its log.</summary>
internal sealed record LogSettings(bool ReadOnly, RecoveryMode Recovery, IRollbackAnchor? Anchor, bool AcceptRollback, TimeSpan LockTimeout, TimeProvider Time)
{
    /// <summary>Gets a value indicating whether the log is compacted and erased without being asked to. Tests that look at files say no.</summary>
    public bool CompactsByItself { get; init; } = true;

    public static LogSettings Of(SecretStoreOptions options)
    {
        return new LogSettings(options.ReadOnly, options.Recovery, options.RollbackAnchor, options.AcceptRollback, options.LockTimeout, options.TimeProvider);
    }

    /// <summary>Whether a log is opened in the same way by both. Their clocks may differ.</summary>
    public bool Opens(LogSettings other) =>
        ReadOnly == other.ReadOnly
        && Recovery == other.Recovery
        && Equals(Anchor, other.Anchor)
        && AcceptRollback == other.AcceptRollback
        && LockTimeout == other.LockTimeout;

    public RollbackGuard NewGuard(string location) => new(Anchor, AcceptRollback, location);
}
