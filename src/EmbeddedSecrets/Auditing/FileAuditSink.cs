using System.Diagnostics;
using EmbeddedSecrets.Auditing;
using EmbeddedSecrets.Errors;
using EmbeddedSecrets.Files;

namespace EmbeddedSecrets;

/// <summary>
/// Writes the audit trail to files, one line of JSON for a record, each chained to the one before by an HMAC. Several sinks, in
/// one process and in several on one machine, may write one trail. <see cref="AuditTrail"/> reads and verifies it.
/// </summary>
/// <remarks>
/// An edited, moved, inserted or dropped record is found; a trail whose end was cut off only with a head that was kept elsewhere.
/// Who has the audit key can forge the trail. The directory is made with mode 0700, files with 0600.
/// <para>
/// An operation writes two records, so it costs two flushes: as an order of magnitude, on a disk that flushes in a few tenths of
/// a millisecond, a read of a few microseconds becomes one of a millisecond, and a durable write takes three to four times as long.
/// With <see cref="FileAuditSinkOptions.FlushEveryRecord"/> off a read costs some tenths of a millisecond.
/// </para>
/// </remarks>
public sealed class FileAuditSink : IAuditSink, IDisposable
{
    private const int MaxBatch = 256;

    private readonly Lock _queueGate = new();
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Queue<Pending> _queue = new();
    private readonly TimeSpan _patience;
    private readonly TrailWriter _writer;
    private bool _disposed;

    /// <summary>Prepares a sink. Nothing is read or written before the first record.</summary>
    /// <param name="directory">The directory of the trail, which holds nothing else. It is made if need be.</param>
    /// <param name="keyFile">The file of the audit key, in another directory. It is made together with a new trail only.</param>
    /// <param name="options">How to write; null for the defaults.</param>
    /// <exception cref="ArgumentException">A path is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public FileAuditSink(string directory, string keyFile, FileAuditSinkOptions? options = null)
        : this(OpenerOf(directory), keyFile, options)
    {
    }

    internal FileAuditSink(Func<IStoreDirectory> openDirectory, string keyFile, FileAuditSinkOptions? options)
    {
        ArgumentException.ThrowIfNullOrEmpty(keyFile);
        long length = options?.MaxFileLength ?? FileAuditSinkOptions.MinFileLength;
        ArgumentOutOfRangeException.ThrowIfLessThan(length, FileAuditSinkOptions.MinFileLength, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, FileAuditSinkOptions.MaxMaxFileLength, nameof(options));
        _patience = options?.LockTimeout ?? FileAuditSinkOptions.DefaultLockTimeout;
        ArgumentOutOfRangeException.ThrowIfLessThan(_patience, FileAuditSinkOptions.MinLockTimeout, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(_patience, FileAuditSinkOptions.MaxLockTimeout, nameof(options));
        var copy = options is null
            ? new FileAuditSinkOptions()
            : new FileAuditSinkOptions { MaxFileLength = length, HashNames = options.HashNames, FlushEveryRecord = options.FlushEveryRecord, LockTimeout = _patience };
        _writer = new TrailWriter(openDirectory, Path.GetFullPath(keyFile), copy);
    }

    /// <summary>Gets <see langword="true"/>: a call returns when its record is written.</summary>
    public bool CompletesSynchronously => true;

    /// <summary>Gets how many records wait, those of callers that gave up included.</summary>
    internal int QueueLength
    {
        get
        {
            lock (_queueGate)
            {
                return _queue.Count;
            }
        }
    }

    /// <summary>Writes one record; threads that write at the same time share a flush. Waits for other processes that write the trail.</summary>
    /// <param name="record">The record; its texts have at most 512 characters. A lone surrogate is written as U+FFFD.</param>
    /// <param name="cancellationToken">Ends the wait for the trail; once the record is being written, it is not looked at any more.</param>
    /// <returns>A completed task.</returns>
    /// <exception cref="ArgumentNullException">The record is null.</exception>
    /// <exception cref="ArgumentException">A text is missing or too long.</exception>
    /// <exception cref="ObjectDisposedException">The sink was disposed.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    /// <exception cref="SecretStoreAccessException">The key is missing or another one, or a file can be used by others.</exception>
    /// <exception cref="SecretStoreIntegrityException">The end of the trail was changed, or has a format that this version does not know.</exception>
    /// <exception cref="SecretStoreUnavailableException">
    /// Writing failed, or the trail was in use for longer than <see cref="FileAuditSinkOptions.LockTimeout"/> (<c>Store.Locked</c>). The
    /// record does not count as written. After a failed flush it may stand there all the same: this sink abandons such bytes with
    /// its next write, but where another process writes first, or reads, it finds a whole record and goes on behind it.
    /// </exception>
    public ValueTask WriteAsync(AuditRecord record, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(record);
        AuditRecordCodec.Check(record);
        cancellationToken.ThrowIfCancellationRequested();
        var pending = new Pending(record);
        lock (_queueGate)
        {
            _queue.Enqueue(pending);
        }

        long begun = Stopwatch.GetTimestamp();
        TakeTurn(pending, cancellationToken);
        try
        {
            while (!pending.IsDone)
            {
                WriteBatch(pending, begun, cancellationToken);
            }
        }
        finally
        {
            _turn.Release();
        }

        return pending.Failure is { } failure ? throw Again(failure) : ValueTask.CompletedTask;
    }

    /// <summary>Closes the files, once the writes that have begun are done.</summary>
    public void Dispose()
    {
        // The semaphore has no handle to give back, and whoever still waits for it has to be told.
        _turn.Wait();
        _disposed = true;
        _writer.Dispose();
        _turn.Release();
    }

    private static Func<IStoreDirectory> OpenerOf(string directory)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        string path = Path.GetFullPath(directory);
        return () =>
        {
            try
            {
                return StoreDirectory.OpenOrMake(path, readOnly: false)!;
            }
            catch (SecretStoreUnavailableException exception) when (exception.InnerException is { } cause)
            {
                // Its words are those of a store.
                throw AuditFailures.WriteFailed(path, cause);
            }
        };
    }

    /// <summary>Waits for the threads before this one. Who gives up takes the record out again, unless another thread is writing it already.</summary>
    private void TakeTurn(Pending pending, CancellationToken cancellationToken)
    {
        bool taken = false;
        try
        {
            taken = _turn.Wait(_patience, cancellationToken);
        }
        catch (OperationCanceledException) when (!TryWithdraw(pending))
        {
            // It will be written in a moment.
        }

        if (taken)
        {
            return;
        }

        if (TryWithdraw(pending))
        {
            throw _writer.Locked();
        }

        _turn.Wait(CancellationToken.None);
    }

    private bool TryWithdraw(Pending pending)
    {
        lock (_queueGate)
        {
            pending.IsWithdrawn = !pending.IsTaken;

            // While nothing can be written nobody else takes them out, and a program may go on without a trail.
            while (_queue.TryPeek(out Pending? first) && first.IsWithdrawn)
            {
                _ = _queue.Dequeue();
            }

            return pending.IsWithdrawn;
        }
    }

    /// <summary>Writes what has gathered while the batch before was being flushed, or while the lock of the trail was waited for.</summary>
    private void WriteBatch(Pending own, long begun, CancellationToken cancellationToken)
    {
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _writer.Enter(_patience - Stopwatch.GetElapsedTime(begun), cancellationToken);
        }
        catch
        {
            // The others try by themselves.
            _ = TryWithdraw(own);
            throw;
        }

        Exception? failure = null;
        List<Pending> batch = TakeBatch();
        try
        {
            _writer.Write([.. batch.Select(static pending => pending.Record)]);
        }
        catch (Exception exception)
        {
            // Whoever waits for the batch is told.
            failure = exception;
        }
        finally
        {
            _writer.Exit();
        }

        foreach (Pending pending in batch)
        {
            pending.Failure = failure;
            pending.IsDone = true;
        }
    }

    private List<Pending> TakeBatch()
    {
        var batch = new List<Pending>();
        lock (_queueGate)
        {
            while (batch.Count < MaxBatch && _queue.TryDequeue(out Pending? next))
            {
                if (!next.IsWithdrawn)
                {
                    next.IsTaken = true;
                    batch.Add(next);
                }
            }
        }

        return batch;
    }

    /// <summary>One exception for each caller, so that each has its own request id.</summary>
    private static Exception Again(Exception failure) => failure switch
    {
        SecretStoreUnavailableException unavailable => StoreFailures.Again(unavailable),
        SecretStoreIntegrityException integrity => StoreFailures.Again(integrity),
        _ => failure,
    };

    private sealed class Pending(AuditRecord record)
    {
        public AuditRecord Record { get; } = record;

        public Exception? Failure { get; set; }

        public bool IsDone { get; set; }

        public bool IsTaken { get; set; }

        public bool IsWithdrawn { get; set; }
    }
}
