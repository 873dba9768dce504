namespace EmbeddedSecrets;

/// <summary>What a caller may say when encrypting values anew. At most one of the two can be given; neither stands for the whole store.</summary>
public sealed class ReencryptOptions
{
    /// <summary>Gets or sets the encryption key under which the versions are that are encrypted anew.</summary>
    /// <value>The id of a key; null for versions under any key.</value>
    public string? KeyId { get; set; }

    /// <summary>Gets or sets the secrets that are encrypted anew.</summary>
    /// <value>Any number of names; null for all secrets.</value>
    public IReadOnlyCollection<string>? Names { get; set; }
}
