using System.Diagnostics;
using EmbeddedSecrets.Errors;

namespace EmbeddedSecrets.Diagnostics;

/// <summary>
/// Stands around every operation: an intent to the audit sink before it, an outcome after it, an activity and a duration. No
/// intent, no operation, unless the options say otherwise; an outcome that cannot be written undoes nothing (DESIGN section 7).
/// </summary>
internal sealed class OperationObserver(SecretStoreOptions options)
{
    private readonly IAuditSink? _sink = options.AuditSink;
    private readonly bool _refuses = options.AuditFailure == AuditFailureBehavior.Refuse;
    private readonly TimeProvider _time = options.TimeProvider;

    /// <summary>Whether nobody wants to know: then an operation is run as it is.</summary>
    public bool IsIdle => _sink is null && !Instruments.AreObserved;

    public bool CompletesSynchronously => _sink?.CompletesSynchronously ?? true;

    /// <summary>Runs an operation, and tells of it. <paramref name="resultOf"/> finds how it ended for one secret.</summary>
    public async ValueTask<T> RunAsync<T>(
        ObservedOperation operation, Func<ValueTask<T>> run, Func<T, string?, ObservedResult> resultOf, CancellationToken cancellationToken)
    {
        long begun = Stopwatch.GetTimestamp();
        using Activity? activity = Instruments.Begin(operation.Name);
        activity?.SetTag(SecretStoreDiagnostics.RequestIdAttribute, operation.RequestId.ToString());
        Exception? failure = null;
        try
        {
            await IntendAsync(operation, cancellationToken).ConfigureAwait(false);
            T result;
            try
            {
                result = await run().ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                foreach (string? secret in operation.Secrets)
                {
                    await EndAsync(operation, secret, new ObservedResult(null, exception)).ConfigureAwait(false);
                }

                throw;
            }

            foreach (string? secret in operation.Secrets)
            {
                await EndAsync(operation, secret, resultOf(result, secret)).ConfigureAwait(false);
            }

            return result;
        }
        catch (Exception exception)
        {
            failure = exception;
            throw;
        }
        finally
        {
            Tell(operation, activity, failure, Stopwatch.GetElapsedTime(begun));
        }
    }

    private async ValueTask IntendAsync(ObservedOperation operation, CancellationToken cancellationToken)
    {
        int intended = 0;
        try
        {
            foreach (string? secret in operation.Secrets)
            {
                await IntendAsync(operation, secret, cancellationToken).ConfigureAwait(false);
                intended++;
            }
        }
        catch (Exception exception)
        {
            // Nothing was done: without an outcome these would look like operations that a crash cut off.
            foreach (string? secret in operation.Secrets.Take(intended))
            {
                await EndAsync(operation, secret, new ObservedResult(null, exception)).ConfigureAwait(false);
            }

            throw;
        }
    }

    private async ValueTask IntendAsync(ObservedOperation operation, string? secret, CancellationToken cancellationToken)
    {
        if (_sink is null)
        {
            return;
        }

        try
        {
            await _sink.WriteAsync(Record(operation, secret, AuditPhase.Intent), cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception exception)
        {
            Instruments.CountAuditFailure();
            if (_refuses)
            {
                SecretStoreUnavailableException refusal = AuditFailures.NothingDone(exception);
                _ = refusal.Stamp(operation.RequestId);
                throw refusal;
            }
        }
    }

    /// <summary>What was done is done: a sink that fails now leaves an intent without an outcome, which a verification shows.</summary>
    private async ValueTask EndAsync(ObservedOperation operation, string? secret, ObservedResult result)
    {
        if (_sink is null)
        {
            return;
        }

        try
        {
            await _sink.WriteAsync(Record(operation, secret, AuditPhase.Outcome, result)).ConfigureAwait(false);
        }
        catch (Exception)
        {
            Instruments.CountAuditFailure();
        }
    }

    private AuditRecord Record(in ObservedOperation operation, string? secret, AuditPhase phase, in ObservedResult result = default)
    {
        return new AuditRecord
        {
            RequestId = operation.RequestId.ToString(),
            Phase = phase,
            Time = _time.GetUtcNow(),
            Operation = operation.Name,
            Principal = operation.Principal,
            SecretName = secret,
            VersionId = result.VersionId,
            KeyId = operation.KeyId,
            Outcome = phase == AuditPhase.Intent ? null : OutcomeOf(result.Failure),
            Code = result.Failure is null ? null : CodeOf(result.Failure),
        };
    }

    private static AuditOutcome OutcomeOf(Exception? failure)
    {
        return failure switch
        {
            null => AuditOutcome.Succeeded,
            SecretStoreException { IsDenial: true } => AuditOutcome.Denied,
            SecretStoreException { Code: SecretStoreErrorCodes.OutcomeUnknown } => AuditOutcome.Unknown,
            _ => AuditOutcome.Failed,
        };
    }

    /// <summary>One of few: codes, and the names of exceptions of the BCL.</summary>
    private static string CodeOf(Exception failure)
    {
        return failure switch
        {
            SecretStoreException { IsDenial: true } => SecretStoreErrorCodes.NoPermission,
            SecretStoreException known => known.Code,
            ArgumentException => SecretStoreErrorCodes.InvalidParameter,
            OperationCanceledException => nameof(OperationCanceledException),
            ObjectDisposedException => nameof(ObjectDisposedException),
            _ => nameof(Exception),
        };
    }

    /// <summary>Telemetry leaves the process: a denial looks there as it does to the caller.</summary>
    private static void Tell(in ObservedOperation operation, Activity? activity, Exception? failure, TimeSpan elapsed)
    {
        string? error = failure is SecretStoreException known ? known.Code : failure is null ? null : CodeOf(failure);
        if (error is not null)
        {
            activity?.SetStatus(ActivityStatusCode.Error);
            activity?.SetTag(SecretStoreDiagnostics.ErrorTypeAttribute, error);
        }

        if (Instruments.AreObserved && Instruments.OperationDuration.Enabled)
        {
            var tags = new TagList { { SecretStoreDiagnostics.OperationAttribute, operation.Name } };
            if (error is not null)
            {
                tags.Add(SecretStoreDiagnostics.ErrorTypeAttribute, error);
            }

            Instruments.OperationDuration.Record(elapsed.TotalSeconds, tags);
        }
    }
}
