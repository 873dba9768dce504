namespace EmbeddedSecrets.Keys;

/// <summary>
/// What <see cref="RepositoryHeader.Content"/> holds: the state of the key ring (empty for a provider that keeps its keys
/// elsewhere) and the store's own key, wrapped by the provider.
/// </summary>
internal sealed record StoreHeader(ReadOnlyMemory<byte> RingState, WrappedDataKey StoreKey)
{
    public byte[] Encode() => throw new NotImplementedException();

    /// <summary>Any bytes; what does not parse is Corrupt, an unknown version UnsupportedFormat.</summary>
    public static StoreHeader Decode(ReadOnlyMemory<byte> content) => throw new NotImplementedException();
}
