using EmbeddedSecrets.Buffers;

namespace EmbeddedSecrets.Keys;

/// <summary>A root key of 32 bytes. All of them share one kind of slot, so that a store made with a key file opens with the same key from elsewhere.</summary>
internal abstract class RawRootKey : IRootKey
{
    public string Kind => KeySlot.Kind;

    public bool CompletesSynchronously => true;

    public ValueTask<byte[]> WrapAsync(ReadOnlyMemory<byte> slotKey, RootKeyContext context, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using PinnedBytes key = Load(context, mayCreate: context.IsNewStore);
        return new ValueTask<byte[]>(KeySlot.Seal(key.Span, context.StoreId, slotKey.Span));
    }

    public ValueTask<bool> TryUnwrapAsync(ReadOnlyMemory<byte> slot, RootKeyContext context, Memory<byte> slotKey, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using PinnedBytes key = Load(context, mayCreate: false);
        return new ValueTask<bool>(KeySlot.TryOpen(key.Span, context.StoreId, slot.Span, slotKey.Span));
    }

    /// <summary>The key, 32 bytes, in memory that the caller disposes.</summary>
    protected abstract PinnedBytes Load(RootKeyContext context, bool mayCreate);
}
