namespace EmbeddedSecrets;

/// <summary>What a <see cref="SecretValue"/> holds.</summary>
public enum SecretValueKind
{
    /// <summary>Text, kept as UTF-8.</summary>
    Text,

    /// <summary>Bytes that mean nothing to the store.</summary>
    Binary,

    /// <summary>A JSON object whose values are strings, kept as the exact text that was given (SPEC D-3).</summary>
    KeyValue,
}
