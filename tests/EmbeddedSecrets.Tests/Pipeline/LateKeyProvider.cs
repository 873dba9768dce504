namespace EmbeddedSecrets.Tests.Pipeline;

/// <summary>A provider that stops waiting for its service, whose answer still arrives later.</summary>
internal sealed class LateKeyProvider : IKeyProvider
{
    private Memory<byte> _waiting;

    public bool CompletesSynchronously => true;

    public ValueTask<WrappedDataKey> GenerateDataKeyAsync(string keyId, ReadOnlyMemory<byte> associatedData, Memory<byte> dataKey, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public ValueTask<WrappedDataKey> WrapAsync(string keyId, ReadOnlyMemory<byte> dataKey, ReadOnlyMemory<byte> associatedData, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public ValueTask UnwrapAsync(WrappedDataKey wrapped, ReadOnlyMemory<byte> associatedData, Memory<byte> dataKey, CancellationToken cancellationToken = default)
    {
        _waiting = dataKey;
        throw new TimeoutException("the service was too slow");
    }

    public void AnswerLate()
    {
        _waiting.Span.Fill(0x41);
    }
}
