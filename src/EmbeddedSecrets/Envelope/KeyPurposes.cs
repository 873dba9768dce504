namespace EmbeddedSecrets.Envelope;

/// <summary>The HKDF info of every derived key, so that two purposes never share one.</summary>
internal static class KeyPurposes
{
    public static ReadOnlySpan<byte> Record => "EmbeddedSecrets 1 record"u8;

    public static ReadOnlySpan<byte> Policy => "EmbeddedSecrets 1 policy"u8;

    public static ReadOnlySpan<byte> Log => "EmbeddedSecrets 1 log"u8;

    public static ReadOnlySpan<byte> Retired => "EmbeddedSecrets 1 retired"u8;

    public static ReadOnlySpan<byte> Wrap => "EmbeddedSecrets 1 wrap"u8;

    public static ReadOnlySpan<byte> Ring => "EmbeddedSecrets 1 ring"u8;

    public static ReadOnlySpan<byte> RingKey => "EmbeddedSecrets 1 ring key"u8;

    public static ReadOnlySpan<byte> Slot => "EmbeddedSecrets 1 slot"u8;

    public static ReadOnlySpan<byte> Bundle => "EmbeddedSecrets 1 bundle"u8;
}
