namespace EmbeddedSecrets;

/// <summary>File</summary>
public sealed class FileSecretRepository : ISecretRepository
{
    /// <summary>Ctor</summary>
    public FileSecretRepository(string directory, SecretStoreOptions? options = null) => throw new NotImplementedException();

    /// <inheritdoc/>
    public bool CompletesSynchronously => true;

    /// <inheritdoc/>
    public string Location => throw new NotImplementedException();

    /// <inheritdoc/>
    public RepositoryHeader CurrentHeader => throw new NotImplementedException();

    /// <inheritdoc/>
    public ValueTask<RepositoryHeader?> ReadHeaderAsync(CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <inheritdoc/>
    public ValueTask<RecoveryReport> StartAsync(RepositoryHeader header, IStoreProtector protector, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <inheritdoc/>
    public ValueTask<RepositoryRecord?> FindAsync(string name, RecordStamp known = default, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <inheritdoc/>
    public ValueTask<bool> ReadPayloadAsync(UInt128 id, Memory<byte> destination, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <inheritdoc/>
    public ValueTask<long> CommitAsync(RepositoryCommit commit, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <inheritdoc/>
    public IAsyncEnumerable<RepositoryRecord> EnumerateAsync(string? after, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <inheritdoc/>
    public ValueTask<long> WaitForChangeAsync(long after, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => throw new NotImplementedException();
}
