namespace EmbeddedSecrets;

/// <summary>One page of a listing.</summary>
public sealed class SecretPage
{
    internal SecretPage(IReadOnlyList<SecretDescription> secrets, string? nextCursor)
    {
        Secrets = secrets;
        NextCursor = nextCursor;
    }

    /// <summary>Gets the secrets of the page, in ordinal order of their names. A page may be short, or empty, and still not be the last.</summary>
    public IReadOnlyList<SecretDescription> Secrets { get; }

    /// <summary>Gets the cursor of the next page, or null when this was the last. It holds the name at which to go on and stays valid whatever changes.</summary>
    public string? NextCursor { get; }
}
