namespace EmbeddedSecrets;

/// <summary>The two stages that every secret knows. Any other stage is the caller's own (SPEC section 1, item 5).</summary>
public static class SecretStages
{
    /// <summary>The stage of the version that a read returns by default; it is always on exactly one version.</summary>
    public const string Current = "ACSCurrent";

    /// <summary>The stage of the version that was current before.</summary>
    public const string Previous = "ACSPrevious";
}
