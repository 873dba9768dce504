namespace EmbeddedSecrets;

/// <summary>What <see cref="AuditTrail.VerifyAsync"/> found.</summary>
public sealed class AuditVerification
{
    internal AuditVerification(AuditHead head, long recordCount, IReadOnlyList<AuditFault> faults)
    {
        Head = head;
        RecordCount = recordCount;
        Faults = faults;
    }

    /// <summary>Gets the last authentic record.</summary>
    public AuditHead Head { get; }

    /// <summary>Gets the number of authentic records in their places.</summary>
    public long RecordCount { get; }

    /// <summary>Gets every fault, in the order of the files. Neighbouring bytes that are not authentic are one fault.</summary>
    public IReadOnlyList<AuditFault> Faults { get; }

    /// <summary>Gets a value indicating whether the trail is whole; what a crash leaves at an end does not count against it.</summary>
    public bool IsIntact => !Faults.Any(static fault => fault.IsTampering);
}
