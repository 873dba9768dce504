namespace EmbeddedSecrets;

/// <summary>What <see cref="AuditTrail.VerifyAsync"/> found.</summary>
public sealed class AuditVerification
{
    internal AuditVerification(AuditHead head, long recordCount, long unfinishedOperations, IReadOnlyList<AuditFault> faults)
    {
        Head = head;
        RecordCount = recordCount;
        UnfinishedOperations = unfinishedOperations;
        Faults = faults;
    }

    /// <summary>Gets the last authentic record.</summary>
    public AuditHead Head { get; }

    /// <summary>Gets the number of authentic records in their places.</summary>
    public long RecordCount { get; }

    /// <summary>
    /// Gets the number of intents without an outcome: operations that were under way when the trail was read, whose process died,
    /// that a later intent of the same operation refused, or whose outcome could not be written. No fault. An outcome that comes
    /// after more than 65,536 other unfinished intents is not seen, so that the memory is bounded.
    /// </summary>
    public long UnfinishedOperations { get; }

    /// <summary>Gets every fault, in the order of the files. Neighbouring bytes that are not authentic are one fault.</summary>
    public IReadOnlyList<AuditFault> Faults { get; }

    /// <summary>Gets a value indicating whether the trail is whole; what a crash leaves at an end does not count against it.</summary>
    public bool IsIntact => !Faults.Any(static fault => fault.IsTampering);
}
