namespace EmbeddedSecrets;

/// <summary>How far an import is.</summary>
/// <param name="Secrets">The secrets of the bundle looked at so far, in this pass.</param>
/// <param name="IsVerifying">Whether this is the first of two passes, which writes nothing.</param>
public readonly record struct ImportProgress(long Secrets, bool IsVerifying);
