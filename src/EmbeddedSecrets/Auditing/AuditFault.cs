using System.Globalization;

namespace EmbeddedSecrets;

/// <summary>One fault of an audit trail.</summary>
public sealed class AuditFault
{
    internal AuditFault(AuditFaultKind kind, string file, long offset, long length, long sequence)
    {
        Kind = kind;
        File = file;
        Offset = offset;
        Length = length;
        Sequence = sequence;
    }

    /// <summary>Gets what is wrong.</summary>
    public AuditFaultKind Kind { get; }

    /// <summary>Gets the name of the file, without its directory; empty where the fault concerns the trail as a whole.</summary>
    public string File { get; }

    /// <summary>Gets where in the file the fault begins, in bytes.</summary>
    public long Offset { get; }

    /// <summary>Gets the length of the bytes that cannot be believed; 0 where something is missing or in the wrong place.</summary>
    public long Length { get; }

    /// <summary>Gets the first sequence that the fault concerns: the one that was expected here.</summary>
    public long Sequence { get; }

    /// <summary>Gets a value indicating whether somebody has changed the trail, or a disk has; false for what a crash leaves.</summary>
    public bool IsTampering => Kind is not (AuditFaultKind.TornTail or AuditFaultKind.AbandonedBytes);

    /// <inheritdoc />
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{File}, offset {Offset}: {Kind} at sequence {Sequence}");
}
