namespace EmbeddedSecrets.Caching;

/// <summary>A sealed payload that is cached. Who holds it longer than the cache does finds it empty.</summary>
internal sealed class CachedPayload(UniqueId id, byte[] bytes) : ICacheable<UniqueId>
{
    /// <summary>What it costs beside its own bytes.</summary>
    private const int EntryBytes = 160;

    private readonly UniqueId _id = id;
    private readonly int _length = bytes.Length;
    private volatile byte[]? _bytes = bytes;
    private CacheMark _mark;

    UniqueId ICacheable<UniqueId>.CacheKey => _id;

    long ICacheable<UniqueId>.CacheCost => _length + EntryBytes;

    ref CacheMark ICacheable.CacheMark => ref _mark;

    /// <summary>The bytes, which must not be changed, with their second chance renewed; null once the payload has left.</summary>
    public byte[]? Use()
    {
        byte[]? bytes = _bytes;
        if (bytes is not null)
        {
            _mark.Use();
        }

        return bytes;
    }

    void ICacheable.OnLeft() => _bytes = null;
}
