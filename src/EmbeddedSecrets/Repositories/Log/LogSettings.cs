namespace EmbeddedSecrets.Repositories.Log;

/// <summary>What the options of a store say about its log.</summary>
internal sealed record LogSettings(bool ReadOnly, RecoveryMode Recovery, IRollbackAnchor? Anchor, bool AcceptRollback, TimeProvider Time)
{
    public static LogSettings Of(SecretStoreOptions? options)
    {
        options ??= new SecretStoreOptions();
        return new LogSettings(options.ReadOnly, options.Recovery, options.RollbackAnchor, options.AcceptRollback, options.TimeProvider);
    }

    public RollbackGuard NewGuard(string location) => new(Anchor, AcceptRollback, location);
}
