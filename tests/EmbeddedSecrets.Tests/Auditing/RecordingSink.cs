using System.Collections.Concurrent;

namespace EmbeddedSecrets.Tests.Auditing;

/// <summary>Keeps what it is told, and fails when a test says so.</summary>
internal sealed class RecordingSink : IAuditSink
{
    private readonly ConcurrentQueue<AuditRecord> _records = new();

    public bool CompletesSynchronously => true;

    public IReadOnlyList<AuditRecord> Records => [.. _records];

    /// <summary>Which records cannot be written.</summary>
    public Func<AuditRecord, bool> Fails { get; set; } = static _ => false;

    public ValueTask WriteAsync(AuditRecord record, CancellationToken cancellationToken = default)
    {
        if (Fails(record))
        {
            throw new IOException("No space left (audit).");
        }

        _records.Enqueue(record);
        return ValueTask.CompletedTask;
    }

    public void Clear() => _records.Clear();
}
