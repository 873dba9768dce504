namespace EmbeddedSecrets.Tests.Repositories;

/// <summary>Passes everything on, and keeps what was sealed: payloads and records by name, in the order of their commits.</summary>
internal sealed class RecordingRepository(ISecretRepository inner) : ISecretRepository
{
    public List<(string Name, byte[] Payload)> Payloads { get; } = [];

    public List<(string Name, byte[] Record)> Records { get; } = [];

    public bool CompletesSynchronously => inner.CompletesSynchronously;

    public string Location => inner.Location;

    public RepositoryHeader CurrentHeader => inner.CurrentHeader;

    public ValueTask<RepositoryHeader?> ReadHeaderAsync(CancellationToken cancellationToken = default) => inner.ReadHeaderAsync(cancellationToken);

    public ValueTask<RecoveryReport> StartAsync(RepositoryHeader header, IStoreProtector protector, CancellationToken cancellationToken = default) =>
        inner.StartAsync(header, protector, cancellationToken);

    public ValueTask ReleaseAsync() => inner.ReleaseAsync();

    public ValueTask<RepositoryRecord?> FindAsync(string name, RecordStamp known = default, CancellationToken cancellationToken = default) =>
        inner.FindAsync(name, known, cancellationToken);

    public ValueTask<bool> ReadPayloadAsync(UniqueId id, Memory<byte> destination, CancellationToken cancellationToken = default) =>
        inner.ReadPayloadAsync(id, destination, cancellationToken);

    public ValueTask<long> CommitAsync(RepositoryCommit commit, CancellationToken cancellationToken = default)
    {
        foreach (RepositoryChange change in commit.Changes)
        {
            Payloads.AddRange(change.AddedPayloads.Select(payload => (change.Name, payload.Sealed.ToArray())));
            if (change.Record is { } record)
            {
                Records.Add((change.Name, record.Sealed.ToArray()));
            }
        }

        return inner.CommitAsync(commit, cancellationToken);
    }

    public IAsyncEnumerable<RepositoryRecord> EnumerateAsync(string? after, CancellationToken cancellationToken = default) =>
        inner.EnumerateAsync(after, cancellationToken);

    public ValueTask<long> WaitForChangeAsync(long after, CancellationToken cancellationToken = default) => inner.WaitForChangeAsync(after, cancellationToken);

    public ValueTask WaitForErasureAsync(CancellationToken cancellationToken = default) => inner.WaitForErasureAsync(cancellationToken);

    public ValueTask<RepositoryChanges> ReadChangesAsync(long after, CancellationToken cancellationToken = default) => inner.ReadChangesAsync(after, cancellationToken);

    public ValueTask<BackupDescription> BackUpAsync(Stream destination, IProgress<CopyProgress>? progress = null, CancellationToken cancellationToken = default) =>
        inner.BackUpAsync(destination, progress, cancellationToken);

    public ValueTask CompactAsync(IProgress<CopyProgress>? progress = null, CancellationToken cancellationToken = default) =>
        inner.CompactAsync(progress, cancellationToken);

    public ValueTask<bool> TryBeginSweepAsync(TimeSpan period, CancellationToken cancellationToken = default) => inner.TryBeginSweepAsync(period, cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
