namespace EmbeddedSecrets;

/// <summary>What an export wrote.</summary>
public sealed class ExportResult
{
    internal ExportResult()
    {
    }

    /// <summary>Gets how many secrets are in the bundle.</summary>
    public required long Secrets { get; init; }

    /// <summary>Gets how many versions they have there, destroyed ones among them.</summary>
    public required long Versions { get; init; }

    /// <summary>Gets how many secrets were left out because they are scheduled for deletion.</summary>
    public required long ScheduledForDeletion { get; init; }

    /// <summary>Gets the length of the bundle in bytes.</summary>
    public required long Length { get; init; }
}
