namespace EmbeddedSecrets;

/// <summary>How many versions hang on one generation of one encryption key.</summary>
/// <param name="Generation">The generation.</param>
/// <param name="Versions">The stored versions whose data key is wrapped under it, at least 1.</param>
public readonly record struct KeyUsage(EncryptionKeyGenerationId Generation, long Versions);
