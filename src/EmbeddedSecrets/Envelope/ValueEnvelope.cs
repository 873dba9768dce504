namespace EmbeddedSecrets.Envelope;

/// <summary>The sealed form of a value.</summary>
internal static class ValueEnvelope
{
    /// <summary>By how many bytes a payload is longer than the value.</summary>
    public const int Overhead = 1 + 12 + 32 + 16;

    /// <summary>The associated data of the value (DESIGN K2), for <see cref="Seal"/> and <see cref="Open"/>.</summary>
    public static byte[] ValueAssociatedData(in ValueContext context) => throw new NotImplementedException();

    /// <summary>The associated data of the wrapped data key: the same context in another domain.</summary>
    public static byte[] DataKeyAssociatedData(in ValueContext context) => throw new NotImplementedException();

    /// <summary>Seals a value under a data key that is used for nothing else.</summary>
    public static byte[] Seal(ReadOnlySpan<byte> dataKey, in ValueContext context, ReadOnlySpan<byte> value) => throw new NotImplementedException();

    /// <summary>Opens a payload into a value that the caller owns. Everything that does not fit is the one Tampered failure.</summary>
    public static SecretValue Open(ReadOnlySpan<byte> dataKey, in ValueContext context, ReadOnlySpan<byte> payload) => throw new NotImplementedException();
}
