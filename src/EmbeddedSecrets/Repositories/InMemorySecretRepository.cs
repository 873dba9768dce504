using System.Collections.Concurrent;
using EmbeddedSecrets.Errors;
using EmbeddedSecrets.Repositories;

namespace EmbeddedSecrets;

/// <summary>Keeps a store in memory, as long as the instance lives: for tests, and for secrets that no disk may see.</summary>
public sealed class InMemorySecretRepository : ISecretRepository
{
    private const int MaxRecent = 4096;

    private readonly ConcurrentDictionary<string, RepositoryRecord> _records = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<UniqueId, byte[]> _payloads = new();
    private readonly NameOrder _order;
    private readonly ChangeSignal _signal = new();
    private readonly Lock _gate = new();
    private readonly Queue<CommittedChange> _recent = new();

    private long _forgotten;
    private volatile RepositoryHeader? _header;
    private volatile bool _disposed;

    /// <summary>Makes an empty repository.</summary>
    public InMemorySecretRepository()
    {
        _order = new NameOrder(() => _records.Select(static pair => pair.Key));
    }

    /// <inheritdoc/>
    public bool CompletesSynchronously => true;

    /// <inheritdoc/>
    public string Location => "memory";

    /// <inheritdoc/>
    public RepositoryHeader CurrentHeader => Started();

    /// <inheritdoc/>
    public ValueTask<RepositoryHeader?> ReadHeaderAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(_disposed, this);
        return ValueTask.FromResult(_header);
    }

    /// <inheritdoc/>
    public ValueTask<RecoveryReport> StartAsync(RepositoryHeader header, IStoreProtector protector, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(header);
        ArgumentNullException.ThrowIfNull(protector);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _header ??= header.Copy();
            if (_header.StoreId != header.StoreId || header.Revision > _header.Revision)
            {
                throw StoreFailures.HeaderNotAuthentic(Location);
            }

            return ValueTask.FromResult(new RecoveryReport { Sequence = _signal.Sequence, RecordCount = _records.Count });
        }
    }

    /// <inheritdoc/>
    public ValueTask ReleaseAsync() => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public ValueTask<RepositoryRecord?> FindAsync(string name, RecordStamp known = default, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        cancellationToken.ThrowIfCancellationRequested();
        Started();
        return ValueTask.FromResult<RepositoryRecord?>(_records.TryGetValue(name, out RepositoryRecord record) ? record : null);
    }

    /// <inheritdoc/>
    public ValueTask<bool> ReadPayloadAsync(UniqueId id, Memory<byte> destination, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Started();
        bool found = _payloads.TryGetValue(id, out byte[]? payload) && payload.Length == destination.Length;
        if (found)
        {
            payload!.CopyTo(destination);
        }

        return ValueTask.FromResult(found);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A limit is passed: 1,000 changes, 1 MiB a record, 64 KiB a payload, 64 MiB in all; or a name is not one.</exception>
    public ValueTask<long> CommitAsync(RepositoryCommit commit, CancellationToken cancellationToken = default)
    {
        CommitRules.Check(commit, Started().StoreId);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            RepositoryHeader header = Started();
            if (CommitConditions.Check(commit, header.Revision, _signal.Sequence, StampOf) is { } conflict)
            {
                return ValueTask.FromException<long>(new RepositoryConflictException(conflict));
            }

            long sequence = _signal.Sequence + 1;
            foreach (RepositoryChange change in commit.Changes)
            {
                Apply(change);
                Remember(sequence, change);
            }

            _header = commit.NewHeader?.Copy() ?? header;
            _signal.MoveTo(sequence);
            return ValueTask.FromResult(sequence);
        }
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<RepositoryRecord> EnumerateAsync(string? after, CancellationToken cancellationToken = default)
    {
        Started();
        return _order.EnumerateAsync(after, (name, token) => FindAsync(name, default, token), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<long> WaitForChangeAsync(long after, CancellationToken cancellationToken = default) => _signal.WaitAsync(after, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<RepositoryChanges> ReadChangesAsync(long after, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Started();
        lock (_gate)
        {
            long through = _signal.Sequence;
            bool hasGap = after < _forgotten || after > through;
            return ValueTask.FromResult(new RepositoryChanges(hasGap ? [] : [.. _recent.Where(change => change.Sequence > after)], through, hasGap));
        }
    }

    /// <inheritdoc/>
    public ValueTask CompactAsync(IProgress<CopyProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Started();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask WaitForErasureAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Started();
        return ValueTask.CompletedTask;
    }

    /// <summary>A store in memory is not backed up.</summary>
    /// <param name="destination">Not used.</param>
    /// <param name="progress">Not used.</param>
    /// <param name="cancellationToken">Not used.</param>
    /// <returns>Nothing.</returns>
    /// <exception cref="NotSupportedException">Always.</exception>
    public ValueTask<BackupDescription> BackUpAsync(Stream destination, IProgress<CopyProgress>? progress = null, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("A store in memory is not backed up: it ends with the process. Keep the secrets in a directory instead.");

    /// <inheritdoc/>
    public ValueTask<bool> TryBeginSweepAsync(TimeSpan period, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Started();
        return ValueTask.FromResult(true);
    }

    /// <summary>Drops everything.</summary>
    /// <returns>Completed when the call returns.</returns>
    public ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _disposed = true;
            _records.Clear();
            _payloads.Clear();
            _recent.Clear();
        }

        _signal.Close(GetType());
        return ValueTask.CompletedTask;
    }

    private void Apply(RepositoryChange change)
    {
        foreach (RepositoryPayload payload in change.AddedPayloads)
        {
            _payloads[payload.Id] = payload.Sealed.ToArray();
        }

        if (change.Record is { } record)
        {
            _records[change.Name] = record with { Sealed = record.Sealed.ToArray() };
        }
        else
        {
            _records.TryRemove(change.Name, out _);
        }

        // The commit was checked: what it expects is what was there. A name that stays has its place in the order.
        if (change.Record is null || change.Expected == RecordStamp.Absent)
        {
            _order.Note(change.Name, change.Record is not null);
        }

        foreach (UniqueId id in change.DroppedPayloads)
        {
            _payloads.TryRemove(id, out _);
        }
    }

    private void Remember(long sequence, RepositoryChange change)
    {
        _recent.Enqueue(new CommittedChange(sequence, change.Name, change.Record is null ? null : _records[change.Name]));
        if (_recent.Count > MaxRecent)
        {
            _forgotten = _recent.Dequeue().Sequence;
        }
    }

    private RecordStamp StampOf(string name) => _records.TryGetValue(name, out RepositoryRecord record) ? record.Stamp : RecordStamp.Absent;

    private RepositoryHeader Started()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return _header ?? throw new InvalidOperationException("The repository is not started: call ReadHeaderAsync and StartAsync.");
    }
}
