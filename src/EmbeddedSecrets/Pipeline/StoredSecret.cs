using EmbeddedSecrets.Secrets;

namespace EmbeddedSecrets.Pipeline;

/// <summary>A decoded record and the state of the repository that it was decoded from.</summary>
internal sealed record StoredSecret(RecordStamp Stamp, Secret Secret)
{
    /// <summary>The day of a read that is, or is still to be, written into the record; see <see cref="AccessDays"/>.</summary>
    public int NotedDay { get; set; }

    /// <summary>What a further read of the current version needs; null until one was read.</summary>
    public HotVersion? Hot { get; set; }
}
