namespace EmbeddedSecrets;

/// <summary>An authentic record of an audit trail, and its place in it.</summary>
public sealed class AuditEntry
{
    internal AuditEntry(AuditHead head, AuditRecord record)
    {
        Head = head;
        Record = record;
    }

    /// <summary>Gets the place in the trail: 1, 2, 3 and so on, across all files.</summary>
    public long Sequence => Head.Sequence;

    /// <summary>Gets the head that the trail had when this was its last record.</summary>
    public AuditHead Head { get; }

    /// <summary>Gets the record.</summary>
    public AuditRecord Record { get; }
}
