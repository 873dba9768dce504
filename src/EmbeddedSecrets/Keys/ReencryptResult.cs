namespace EmbeddedSecrets;

/// <summary>What an encryption of values anew did.</summary>
public sealed class ReencryptResult
{
    internal ReencryptResult()
    {
    }

    /// <summary>Gets how many versions have a new data key and a new ciphertext.</summary>
    public required long Reencrypted { get; init; }

    /// <summary>Gets how many versions were passed over, since their key is disabled, scheduled for deletion or not there.</summary>
    public required long Unavailable { get; init; }
}
