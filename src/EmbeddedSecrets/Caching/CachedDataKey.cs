using System.Security.Cryptography;
using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Envelope;

namespace EmbeddedSecrets.Caching;

/// <summary>An unwrapped data key that is kept, with one instance: two threads seldom read the same value at once. A cache that lets it go releases it.</summary>
internal sealed class CachedDataKey : SharedKey, ICacheable<UniqueId>
{
    private const int InstanceCount = 1;

    private readonly UniqueId _payloadId;
    private readonly string _keyId;
    private readonly long _generation;
    private readonly Action<PinnedBytes> _recycle;
    private CacheMark _mark;

    /// <summary>Takes over the key of a payload until the last holder has gone; then it is zeroed and given to <paramref name="recycle"/>.</summary>
    public CachedDataKey(PinnedBytes key, SealedContent content, Action<PinnedBytes> recycle)
        : base(key, InstanceCount)
    {
        _payloadId = content.PayloadId;
        _keyId = content.DataKey.KeyId;
        _generation = content.DataKey.Generation;
        _recycle = recycle;
    }

    UniqueId ICacheable<UniqueId>.CacheKey => _payloadId;

    long ICacheable<UniqueId>.CacheCost => 1;

    ref CacheMark ICacheable.CacheMark => ref _mark;

    /// <summary>
    /// Whether it was unwrapped by the encryption key under which the record has it now. A secret may have been moved since, and
    /// then the state of the other key counts.
    /// </summary>
    public bool IsOf(WrappedDataKey wrapped) => _generation == wrapped.Generation && _keyId == wrapped.KeyId;

    /// <summary>As <see cref="SharedKey.TryRent"/>, with the second chance in the cache renewed.</summary>
    public AesGcm? TryUse()
    {
        _mark.Use();
        return TryRent();
    }

    void ICacheable.OnLeft() => Release();

    protected override void OnZeroed(PinnedBytes key) => _recycle(key);
}
