namespace EmbeddedSecrets;

/// <summary>One generation of an encryption key: that it exists, never its bytes.</summary>
public sealed class EncryptionKeyGeneration
{
    internal EncryptionKeyGeneration()
    {
    }

    /// <summary>Gets the number; the first generation is 1.</summary>
    public required long Number { get; init; }

    /// <summary>Gets when the generation was made, in UTC.</summary>
    public required DateTimeOffset CreateTime { get; init; }
}
