namespace EmbeddedSecrets.Tests.Faults;

/// <summary>A sink that keeps what it is told, and fails on demand.</summary>
internal sealed class AuditRecords : IAuditSink
{
    private readonly List<AuditRecord> _records = [];

    /// <summary>Thrown by the next calls, if set.</summary>
    public Exception? Failure { get; set; }

    public bool CompletesSynchronously => true;

    public ValueTask WriteAsync(AuditRecord record, CancellationToken cancellationToken = default)
    {
        if (Failure is not null)
        {
            throw Failure;
        }

        lock (_records)
        {
            _records.Add(record);
        }

        return ValueTask.CompletedTask;
    }

    public IReadOnlyList<AuditRecord> Take()
    {
        lock (_records)
        {
            AuditRecord[] taken = [.. _records];
            _records.Clear();
            return taken;
        }
    }
}
