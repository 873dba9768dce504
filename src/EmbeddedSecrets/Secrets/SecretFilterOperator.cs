namespace EmbeddedSecrets;

/// <summary>How a condition of a <see cref="SecretFilter"/> compares (SPEC D-14).</summary>
public enum SecretFilterOperator
{
    /// <summary>The whole text is equal.</summary>
    Exact,

    /// <summary>The text begins with the value.</summary>
    Prefix,

    /// <summary>The text holds the value somewhere.</summary>
    Contains,
}
