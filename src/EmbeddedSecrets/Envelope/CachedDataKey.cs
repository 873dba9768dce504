using EmbeddedSecrets.Buffers;

namespace EmbeddedSecrets.Envelope;

/// <summary>An unwrapped data key that is kept, with one instance: two threads seldom read the same value at once.</summary>
internal sealed class CachedDataKey : SharedKey
{
    private const int InstanceCount = 1;

    private readonly string _keyId;
    private readonly long _generation;
    private readonly Action<PinnedBytes> _recycle;

    /// <summary>Takes over the key until the last holder has gone; then it is zeroed and given to <paramref name="recycle"/>.</summary>
    public CachedDataKey(PinnedBytes key, WrappedDataKey wrapped, Action<PinnedBytes> recycle)
        : base(key, InstanceCount)
    {
        _keyId = wrapped.KeyId;
        _generation = wrapped.Generation;
        _recycle = recycle;
    }

    /// <summary>
    /// Whether it was unwrapped by the encryption key under which the record has it now. A secret may have been moved since, and
    /// then the state of the other key counts.
    /// </summary>
    public bool IsOf(WrappedDataKey wrapped) => _generation == wrapped.Generation && _keyId == wrapped.KeyId;

    protected override void OnZeroed(PinnedBytes key) => _recycle(key);
}
