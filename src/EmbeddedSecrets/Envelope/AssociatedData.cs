using EmbeddedSecrets.Buffers;

namespace EmbeddedSecrets.Envelope;

/// <summary>
/// What each sealed thing is bound to. The first byte is the domain, so that nothing sealed for one purpose opens for
/// another; every variable part has its length before it, so that no two contexts give the same bytes.
/// </summary>
internal static class AssociatedData
{
    public const byte Format = 1;

    /// <summary>AES-256-GCM with 32 zero bytes before the plaintext as key commitment (DESIGN K4).</summary>
    public const byte Suite = 1;

    /// <summary>Enough for a value with the longest name and version id that the rules allow.</summary>
    public const int UsualLength = 512;

    private const byte ValueDomain = 1;
    private const byte DataKeyDomain = 2;
    private const byte StoreKeyDomain = 3;
    private const byte RecordDomain = 4;
    private const byte WrappedKeyDomain = 5;
    private const byte RingDomain = 6;
    private const byte SlotDomain = 7;
    private const byte RingKeyDomain = 8;
    private const byte PolicyDomain = 9;
    private const byte BundleDomain = 10;

    private const byte TextType = 1;
    private const byte BinaryType = 2;

    public static void Value(ref FieldWriter writer, in ValueContext context) => Value(ref writer, ValueDomain, context);

    public static void DataKey(ref FieldWriter writer, in ValueContext context) => Value(ref writer, DataKeyDomain, context);

    /// <summary>From the associated data of a value that of its data key: the same in another domain.</summary>
    public static void DataKeyOfValue(ReadOnlySpan<byte> ofValue, Span<byte> destination)
    {
        ofValue.CopyTo(destination);
        destination[0] = DataKeyDomain;
    }

    /// <summary>u8 domain | u8 format | u8 suite | store id 16. For the store's own key, as the provider wraps it.</summary>
    public static byte[] StoreKey(UniqueId storeId)
    {
        var writer = new FieldWriter(stackalloc byte[UsualLength]);
        Begin(ref writer, StoreKeyDomain, storeId);
        return writer.Written.ToArray();
    }

    /// <summary>u8 domain | u8 format | u8 suite | store id 16 | u16 length + name | incarnation 16 | i64 repository revision.</summary>
    public static void Record(ref FieldWriter writer, UniqueId storeId, string name, UniqueId incarnation, long revision)
    {
        Begin(ref writer, RecordDomain, storeId);
        writer.Text(name);
        writer.Id(incarnation);
        writer.Int64(revision);
    }

    /// <summary>u8 domain | u8 format | u8 suite | store id 16 | u16 length + name | incarnation 16 | payload id 16.</summary>
    public static void Policy(ref FieldWriter writer, UniqueId storeId, string name, UniqueId incarnation, UniqueId payloadId)
    {
        Begin(ref writer, PolicyDomain, storeId);
        writer.Text(name);
        writer.Id(incarnation);
        writer.Id(payloadId);
    }

    /// <summary>
    /// u8 domain | u8 format | u8 suite | store id 16 | u16 length + key id | i64 generation | u32 length + what the caller binds
    /// the data key to. All but the last two are the front, which <see cref="WrappedKeyFront"/> makes.
    /// </summary>
    public static void WrappedKey(ref FieldWriter writer, ReadOnlySpan<byte> front, ReadOnlySpan<byte> bound)
    {
        writer.Bytes(front);
        writer.UInt32(bound.Length);
        writer.Bytes(bound);
    }

    /// <summary>What stands before what the caller binds a data key to: the same for all keys under one generation.</summary>
    public static void WrappedKeyFront(ref FieldWriter writer, UniqueId storeId, string keyId, long generation)
    {
        Begin(ref writer, WrappedKeyDomain, storeId);
        writer.Text(keyId);
        writer.Int64(generation);
    }

    /// <summary>u8 domain | u8 format | u8 suite | store id 16 | all bytes of the state before the sealed ring, the slots of every root key.</summary>
    public static void Ring(ref FieldWriter writer, UniqueId storeId, ReadOnlySpan<byte> slots)
    {
        Begin(ref writer, RingDomain, storeId);
        writer.Bytes(slots);
    }

    /// <summary>u8 domain | u8 format | u8 suite | store id 16 | u16 length + kind of root key | u32 iterations, 0 where none are used.</summary>
    public static void Slot(ref FieldWriter writer, UniqueId storeId, string kind, int iterations)
    {
        Begin(ref writer, SlotDomain, storeId);
        writer.Text(kind);
        writer.UInt32(iterations);
    }

    /// <summary>As <see cref="Slot"/> without iterations | u32 length + what stands in the slot before the sealed slot key.</summary>
    public static void WrappedSlot(ref FieldWriter writer, UniqueId storeId, string kind, ReadOnlySpan<byte> front)
    {
        Slot(ref writer, storeId, kind, 0);
        writer.UInt32(front.Length);
        writer.Bytes(front);
    }

    /// <summary>u8 domain | u8 format | u8 suite | store id 16 | u64 slot id | u16 length + kind of root key.</summary>
    public static void RingKey(ref FieldWriter writer, UniqueId storeId, ulong slotId, string kind)
    {
        Begin(ref writer, RingKeyDomain, storeId);
        writer.UInt64(slotId);
        writer.Text(kind);
    }

    /// <summary>u8 domain | u8 format | u8 suite | bundle id 16 | u8 kind of frame | i64 number of the frame.</summary>
    public static void Bundle(ref FieldWriter writer, UniqueId bundleId, byte kind, long number)
    {
        Begin(ref writer, BundleDomain, bundleId);
        writer.Byte(kind);
        writer.Int64(number);
    }

    /// <summary>
    /// u8 domain | u8 format | u8 suite | store id 16 | u16 length + name | incarnation 16 | u16 length + version id |
    /// u8 data type, where key/value pairs count as text (DESIGN section 3).
    /// </summary>
    private static void Value(ref FieldWriter writer, byte domain, in ValueContext context)
    {
        Begin(ref writer, domain, context.StoreId);
        writer.Text(context.Name);
        writer.Id(context.Incarnation);
        writer.Text(context.VersionId);
        writer.Byte(context.Kind == SecretValueKind.Binary ? BinaryType : TextType);
    }

    private static void Begin(ref FieldWriter writer, byte domain, UniqueId storeId)
    {
        writer.Byte(domain);
        writer.Byte(Format);
        writer.Byte(Suite);
        writer.Id(storeId);
    }
}
