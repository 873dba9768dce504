namespace EmbeddedSecrets.Tests.Pipeline;

/// <summary>A root key that answers asynchronously, as one behind a remote service would.</summary>
internal sealed class RemoteRootKey : IRootKey
{
    private readonly IRootKey _key = RootKey.FromBytes(Envelope.Samples.Bytes(32));

    public string Kind => "remote";

    public bool CompletesSynchronously => false;

    public async ValueTask<byte[]> WrapAsync(ReadOnlyMemory<byte> slotKey, RootKeyContext context, CancellationToken cancellationToken = default)
    {
        await Task.Yield();
        return await _key.WrapAsync(slotKey, context, cancellationToken);
    }

    public async ValueTask<bool> TryUnwrapAsync(ReadOnlyMemory<byte> slot, RootKeyContext context, Memory<byte> slotKey, CancellationToken cancellationToken = default)
    {
        await Task.Yield();
        return await _key.TryUnwrapAsync(slot, context, slotKey, cancellationToken);
    }
}
