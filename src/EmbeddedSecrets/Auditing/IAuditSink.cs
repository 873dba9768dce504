namespace EmbeddedSecrets;

/// <summary>
/// Takes the audit records of a store: an intent before an operation, an outcome after it (DESIGN section 7). No intent, no
/// operation: a sink that throws refuses the operation, unless <see cref="SecretStoreOptions.AuditFailure"/> says otherwise.
/// </summary>
/// <remarks>Implementations are safe for several threads at once. They keep neither the record nor anything of it longer than the call unless they copy it.</remarks>
public interface IAuditSink
{
    /// <summary>Gets a value indicating whether every call of <see cref="WriteAsync"/> is completed when it returns, so that the synchronous reads of a store can use the sink.</summary>
    bool CompletesSynchronously { get; }

    /// <summary>Writes one record. When the call completes, the record is as durable as the sink is meant to be; when it throws, the record does not count as written.</summary>
    /// <param name="record">The record.</param>
    /// <param name="cancellationToken">Cancels the call before the record is written; never in the middle of it.</param>
    /// <returns>A task that completes when the record is written.</returns>
    /// <exception cref="SecretStoreException">The record could not be written.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled, and nothing was written.</exception>
    ValueTask WriteAsync(AuditRecord record, CancellationToken cancellationToken = default);
}
