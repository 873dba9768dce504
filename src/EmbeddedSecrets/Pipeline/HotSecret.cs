using EmbeddedSecrets.Caching;
using EmbeddedSecrets.Envelope;
using EmbeddedSecrets.Repositories;

namespace EmbeddedSecrets.Pipeline;

/// <summary>
/// A secret whose version of ACSCurrent was read, with all that a further read of it needs, side by side: a read by random
/// names waits for memory, so each object that it need not visit counts.
/// </summary>
internal sealed class HotSecret : StoredSecret
{
    /// <summary>The associated data of the value and, behind it, the wrapped data key.</summary>
    private readonly byte[] _bytes;
    private readonly int _associatedDataLength;
    private readonly long _notBefore = long.MinValue;
    private readonly long _expiresAt = long.MaxValue;

    private BoundedCache<UniqueId, CachedDataKey>.Slot? _keyPlace;
    private CachedDataKey? _key;

    private HotSecret(StoredSecret stored, SecretVersion version, SealedContent content, RecordToken token, BoundedCache<UniqueId, byte[]>.Slot payload, byte[] associatedData)
        : base(stored.Stamp, stored.Secret)
    {
        NotedDay = stored.NotedDay;
        Version = version;
        Content = content;
        Kind = version.ValueKind;
        KeyId = content.DataKey.KeyId;
        Generation = content.DataKey.Generation;
        Token = token;
        Payload = payload;
        _bytes = [.. associatedData, .. content.DataKey.Ciphertext.Span];
        _associatedDataLength = associatedData.Length;
        if (!version.Validity.IsAdvisory)
        {
            _notBefore = version.Validity.NotBefore?.UtcTicks ?? long.MinValue;
            _expiresAt = version.Validity.ExpiresAt?.UtcTicks ?? long.MaxValue;
        }
    }

    public SecretVersion Version { get; }

    public SealedContent Content { get; }

    public SecretValueKind Kind { get; }

    /// <summary>The encryption key and its generation under which the data key is wrapped.</summary>
    public string KeyId { get; }

    public long Generation { get; }

    public ReadOnlySpan<byte> WrappedKey => _bytes.AsSpan(_associatedDataLength);

    /// <summary>Of the value; that of the data key differs in its first byte.</summary>
    public ReadOnlySpan<byte> AssociatedData => _bytes.AsSpan(0, _associatedDataLength);

    /// <summary>Of a moment at which the record was the one that this was made from.</summary>
    public RecordToken Token { get; }

    public BoundedCache<UniqueId, byte[]>.Slot Payload { get; }

    /// <summary>Null for a version that cannot be read just so: not enabled, or of a secret that is scheduled for deletion.</summary>
    public static HotSecret? TryMake(StoredSecret stored, SecretVersion version, in ValueContext context, RecordToken token, BoundedCache<UniqueId, byte[]>.Slot payload)
    {
        return version is { State: SecretVersionState.Enabled, Content: { } content } && stored.Secret.PlannedDeleteTime is null
            ? new HotSecret(stored, version, content, token, payload, ValueEnvelope.ValueAssociatedData(context))
            : null;
    }

    public bool IsValidAt(DateTimeOffset now) => now.UtcTicks >= _notBefore && now.UtcTicks < _expiresAt;

    /// <summary>The data key for as long as it is in the place where it was found, with its second chance renewed; else null.</summary>
    public CachedDataKey? UseKey()
    {
        // The key is at hand, so that the processor can fetch it and the place at the same time.
        CachedDataKey? key = _key;
        return key is not null && ReferenceEquals(_keyPlace?.Use(), key) ? key : null;
    }

    /// <summary>Looks for the data key in the cache: it may have come to another place.</summary>
    public CachedDataKey? FindKey(DataKeyCache cache)
    {
        BoundedCache<UniqueId, CachedDataKey>.Slot? place = cache.Find(Content);
        _keyPlace = place;
        return _key = place?.Use();
    }
}
