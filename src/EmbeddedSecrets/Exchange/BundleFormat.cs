using EmbeddedSecrets.Envelope;

namespace EmbeddedSecrets.Exchange;

/// <summary>The layout of an export bundle; docs/format.md draws it.</summary>
/// <remarks>
/// <code>
/// preamble: magic 8 | u32 version | bundle id 16 | text kind of root key | u16 length + slot | u32 CRC-32C of all before
/// frame:    u8 kind | u32 length of the message | message | u32 CRC-32C of all before in the frame
/// </code>
/// A message is sealed under the bundle key and bound to the bundle, the kind and the number of its frame. The frames are, for
/// each secret, a record and a value for each version that is not destroyed; at the end one end frame.
/// </remarks>
internal static class BundleFormat
{
    public const int Version = 1;
    public const byte Record = 1;
    public const byte Value = 2;
    public const byte End = 3;

    public const int FrameHead = 1 + sizeof(uint);
    public const int FrameOverhead = FrameHead + sizeof(uint);

    /// <summary>More than any record that satisfies the rules of names, tags, annotations and versions needs.</summary>
    public const int MaxRecord = 512 << 10;

    public const int EndLength = 2 * sizeof(long);
    public const int MinMessage = DerivedCipher.CommittedOverhead + 1;

    /// <summary>Where a bundle is, for messages of root keys.</summary>
    public const string Location = "an export bundle";

    public static ReadOnlySpan<byte> Magic => "ESSBNDL\n"u8;

    public static int MaxMessage(byte kind) => DerivedCipher.CommittedOverhead + kind switch
    {
        Record => MaxRecord,
        Value => SecretValue.MaxBytes,
        _ => EndLength,
    };
}
