using System.Security.Cryptography;
using EmbeddedSecrets.Buffers;
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
    private readonly bool _isAlwaysValid;

    private readonly CachedPayload _payload;
    private Prefetch.Place _payloadPlace;
    private CachedDataKey? _key;

    private HotSecret(StoredSecret stored, SecretVersion version, WrappedDataKey dataKey, RecordToken token, CachedPayload payload, byte[] associatedData)
        : base(stored.Stamp, stored.Secret)
    {
        NotedDay = stored.NotedDay;
        Version = version;
        Kind = version.ValueKind;
        KeyId = dataKey.KeyId;
        Generation = dataKey.Generation;
        Token = token;
        _payload = payload;
        _bytes = [.. associatedData, .. dataKey.Ciphertext.Span];
        _associatedDataLength = associatedData.Length;
        _isAlwaysValid = version.Validity is { IsAdvisory: true } or { NotBefore: null, ExpiresAt: null };
    }

    /// <summary>The version that carries ACSCurrent; it is enabled.</summary>
    public SecretVersion Version { get; }

    public SecretValueKind Kind { get; }

    /// <summary>The encryption key and its generation under which the data key is wrapped.</summary>
    public string KeyId { get; }

    public long Generation { get; }

    public ReadOnlySpan<byte> WrappedKey => _bytes.AsSpan(_associatedDataLength);

    /// <summary>Of the value; that of the data key differs in its first byte.</summary>
    public ReadOnlySpan<byte> AssociatedData => _bytes.AsSpan(0, _associatedDataLength);

    /// <summary>Of a moment at which the record was the one that this was made from.</summary>
    public RecordToken Token { get; }

    /// <summary>Null for a version that cannot be read just so: not enabled, or of a secret that is scheduled for deletion.</summary>
    public static HotSecret? TryMake(StoredSecret stored, SecretVersion version, in ValueContext context, RecordToken token, CachedPayload payload)
    {
        return version is { State: SecretVersionState.Enabled, Content: { } content } && stored.Secret.PlannedDeleteTime is null
            ? new HotSecret(stored, version, content.DataKey, token, payload, ValueEnvelope.ValueAssociatedData(context))
            : null;
    }

    /// <summary>The sealed payload if it is still cached; it and all else that the read needs is on its way.</summary>
    public byte[]? Approach()
    {
        Prefetch.Fields(_key);
        Prefetch.Bytes(_bytes);
        _payloadPlace.Approach();
        byte[]? payload = _payload.Use();
        if (payload is not null)
        {
            _payloadPlace.Note(payload);
        }

        return payload;
    }

    public bool IsValidAt(DateTimeOffset now) => _isAlwaysValid || !(now < Version.Validity.NotBefore || now >= Version.Validity.ExpiresAt);

    /// <summary>An instance of the data key from the cache, to be given back to it; null where the key is not there.</summary>
    public AesGcm? TryRent(DataKeyCache cache, out CachedDataKey? key)
    {
        key = _key;
        if (key?.TryUse() is { } instance)
        {
            return instance;
        }

        // It has left, or never was there. Another one may have come since; where none can, the version need not be visited.
        _key = key = cache.KeepsAny ? cache.Find(Version.Content!) : null;
        return key?.TryRent();
    }
}
