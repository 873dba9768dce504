namespace EmbeddedSecrets;

/// <summary>What may be done with one version of a secret.</summary>
public enum SecretVersionState
{
    /// <summary>The value can be read.</summary>
    Enabled,

    /// <summary>The value is kept but not given out until the version is enabled again.</summary>
    Disabled,

    /// <summary>The value is gone for good; the id and its place among the versions stay.</summary>
    Destroyed,
}
