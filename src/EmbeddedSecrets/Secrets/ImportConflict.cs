namespace EmbeddedSecrets;

/// <summary>What an import does with a secret that the store has already, and that is not equal to the one in the bundle.</summary>
public enum ImportConflict
{
    /// <summary>The import fails and names the secret; where the bundle can be read twice, before anything is written.</summary>
    Fail,

    /// <summary>The store's secret stays as it is.</summary>
    Skip,

    /// <summary>The bundle's secret takes the place of the store's, with all its versions: what the store had is erased. Only its policy stays where the bundle has none.</summary>
    Overwrite,

    /// <summary>The current value of the bundle becomes a new version with <c>ACSCurrent</c>, unless the current values are equal. Nothing else changes.</summary>
    NewVersion,
}
