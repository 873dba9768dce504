namespace EmbeddedSecrets.Tests.Pipeline;

/// <summary>A repository in memory in which something happens at a given moment, as another thread would make it happen.</summary>
internal sealed class InterceptedRepository : ISecretRepository
{
    private readonly InMemorySecretRepository _inner = new();

    /// <summary>Called before a commit of a header; not while it runs itself.</summary>
    public Func<Task>? BeforeHeader { get; set; }

    /// <summary>Called before a commit that changes records; not while it runs itself.</summary>
    public Func<Task>? BeforeCommit { get; set; }

    /// <summary>Called before a payload is read; not while it runs itself.</summary>
    public Func<Task>? BeforePayload { get; set; }

    /// <summary>Called after a record was found and before it is returned; not while it runs itself.</summary>
    public Func<Task>? AfterFind { get; set; }

    /// <summary>What a hostile medium hands out instead of a record.</summary>
    public Func<RepositoryRecord, RepositoryRecord>? ReplaceRecord { get; set; }

    /// <summary>Which payload a hostile medium hands out instead of the one that was asked for.</summary>
    public Func<UniqueId, UniqueId>? ReplacePayload { get; set; }

    public int Headers { get; private set; }

    /// <summary>The stamp that the last one who asked for a record knew; absent for none.</summary>
    public RecordStamp LastKnown { get; private set; }

    /// <summary>The stamp that the last one who asked for a record found; absent for none.</summary>
    public RecordStamp LastFound { get; private set; }

    /// <summary>Whether the store sweeps by itself; otherwise nothing happens but what a test does.</summary>
    public bool Sweeps { get; set; }

    /// <summary>Thrown when the store asks whether to sweep, as often as given.</summary>
    public int SweepFailures { get; set; }

    public int SweepsBegun { get; private set; }

    public bool CompletesSynchronously => false;

    public string Location => _inner.Location;

    public RepositoryHeader CurrentHeader => _inner.CurrentHeader;

    public ValueTask<RepositoryHeader?> ReadHeaderAsync(CancellationToken cancellationToken = default) => _inner.ReadHeaderAsync(cancellationToken);

    public ValueTask<RecoveryReport> StartAsync(RepositoryHeader header, IStoreProtector protector, CancellationToken cancellationToken = default) =>
        _inner.StartAsync(header, protector, cancellationToken);

    public ValueTask ReleaseAsync() => _inner.ReleaseAsync();

    public async ValueTask<RepositoryRecord?> FindAsync(string name, RecordStamp known = default, CancellationToken cancellationToken = default)
    {
        LastKnown = known;
        RepositoryRecord? found = await _inner.FindAsync(name, known, cancellationToken);
        LastFound = found?.Stamp ?? RecordStamp.Absent;
        if (AfterFind is { } action)
        {
            AfterFind = null;
            await action();
        }

        return found is { } record && ReplaceRecord is not null ? ReplaceRecord(record) : found;
    }

    public async ValueTask<bool> ReadPayloadAsync(UniqueId id, Memory<byte> destination, CancellationToken cancellationToken = default)
    {
        if (BeforePayload is { } action)
        {
            BeforePayload = null;
            await action();
        }

        return await _inner.ReadPayloadAsync(ReplacePayload?.Invoke(id) ?? id, destination, cancellationToken);
    }

    public async ValueTask<long> CommitAsync(RepositoryCommit commit, CancellationToken cancellationToken = default)
    {
        if (commit.NewHeader is not null)
        {
            Headers++;
            if (BeforeHeader is { } action)
            {
                BeforeHeader = null;
                await action();
            }
        }

        if (commit.Changes.Count > 0 && BeforeCommit is { } before)
        {
            BeforeCommit = null;
            await before();
        }

        return await _inner.CommitAsync(commit, cancellationToken);
    }

    /// <summary>Replaces the header by one of the same content, as another process that changed a root key would.</summary>
    public async Task TouchHeaderAsync()
    {
        RepositoryHeader header = CurrentHeader;
        var next = new RepositoryHeader(header.StoreId, header.Revision + 1, header.Content);
        await _inner.CommitAsync(new RepositoryCommit { HeaderRevision = header.Revision, NewHeader = next, Changes = [] });
    }

    public IAsyncEnumerable<RepositoryRecord> EnumerateAsync(string? after, CancellationToken cancellationToken = default) =>
        _inner.EnumerateAsync(after, cancellationToken);

    public ValueTask<long> WaitForChangeAsync(long after, CancellationToken cancellationToken = default) => _inner.WaitForChangeAsync(after, cancellationToken);

    public ValueTask WaitForErasureAsync(CancellationToken cancellationToken = default) => _inner.WaitForErasureAsync(cancellationToken);

    public ValueTask<RepositoryChanges> ReadChangesAsync(long after, CancellationToken cancellationToken = default) => _inner.ReadChangesAsync(after, cancellationToken);

    public ValueTask<BackupDescription> BackUpAsync(Stream destination, IProgress<CopyProgress>? progress = null, CancellationToken cancellationToken = default) =>
        _inner.BackUpAsync(destination, progress, cancellationToken);

    public ValueTask CompactAsync(IProgress<CopyProgress>? progress = null, CancellationToken cancellationToken = default) =>
        _inner.CompactAsync(progress, cancellationToken);

    public ValueTask<bool> TryBeginSweepAsync(TimeSpan period, CancellationToken cancellationToken = default)
    {
        SweepsBegun++;
        return SweepFailures-- > 0 ? throw new IOException("The medium failed.") : ValueTask.FromResult(Sweeps);
    }

    public ValueTask DisposeAsync() => _inner.DisposeAsync();
}
