namespace EmbeddedSecrets;

/// <summary>How many versions hang on one generation of one encryption key.</summary>
/// <param name="KeyId">The id of the key.</param>
/// <param name="Generation">The number of the generation, from 1; 0 where a key provider of one's own does not tell.</param>
/// <param name="Versions">The stored versions whose data key is wrapped under it, at least 1.</param>
public readonly record struct KeyUsage(string KeyId, long Generation, long Versions);
