using EmbeddedSecrets.Caching;
using EmbeddedSecrets.Envelope;
using EmbeddedSecrets.Repositories;
using EmbeddedSecrets.Secrets;

namespace EmbeddedSecrets.Pipeline;

/// <summary>
/// Side by side what a further read of the version of ACSCurrent needs: a read by random names waits for memory, so each
/// object that it need not visit counts.
/// </summary>
internal sealed class HotVersion
{
    private HotVersion(SecretVersion version, SealedContent content, RecordToken token, BoundedCache<UniqueId, byte[]>.Slot payload, byte[] associatedData)
    {
        Version = version;
        Content = content;
        Token = token;
        Payload = payload;
        AssociatedData = associatedData;
        if (!version.Validity.IsAdvisory)
        {
            NotBefore = version.Validity.NotBefore?.UtcTicks ?? long.MinValue;
            ExpiresAt = version.Validity.ExpiresAt?.UtcTicks ?? long.MaxValue;
        }
    }

    public SecretVersion Version { get; }

    public SealedContent Content { get; }

    /// <summary>Of a moment at which the record was the one that this was made from.</summary>
    public RecordToken Token { get; }

    public BoundedCache<UniqueId, byte[]>.Slot Payload { get; }

    /// <summary>Of the value; that of the data key differs in its first byte.</summary>
    public byte[] AssociatedData { get; }

    public long NotBefore { get; } = long.MinValue;

    public long ExpiresAt { get; } = long.MaxValue;

    /// <summary>The place of the data key in the cache, once it has one.</summary>
    public BoundedCache<UniqueId, CachedDataKey>.Slot? Key { get; set; }

    /// <summary>Null for a version that cannot be read just so: not enabled, or of a secret that is scheduled for deletion.</summary>
    public static HotVersion? TryMake(Secret secret, SecretVersion version, in ValueContext context, RecordToken token, BoundedCache<UniqueId, byte[]>.Slot payload)
    {
        return version is { State: SecretVersionState.Enabled, Content: { } content } && secret.PlannedDeleteTime is null
            ? new HotVersion(version, content, token, payload, ValueEnvelope.ValueAssociatedData(context))
            : null;
    }

    public bool IsValidAt(DateTimeOffset now) => now.UtcTicks >= NotBefore && now.UtcTicks < ExpiresAt;
}
