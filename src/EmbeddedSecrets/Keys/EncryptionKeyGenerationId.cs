namespace EmbeddedSecrets;

/// <summary>Names one generation of one encryption key.</summary>
/// <param name="KeyId">The id of the key.</param>
/// <param name="Generation">The number of the generation, from 1; 0 where a key provider of one's own does not tell.</param>
public readonly record struct EncryptionKeyGenerationId(string KeyId, long Generation);
