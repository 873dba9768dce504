using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Collections;
using EmbeddedSecrets.Envelope;
using EmbeddedSecrets.Errors;

namespace EmbeddedSecrets.Keys;

/// <summary>The state of a key ring as the header holds it.</summary>
/// <remarks>
/// <code>
/// u8 version (1) | u16 slot count, at most 32
/// | slots: u64 id | u8 length + kind | u16 length + what the root key made of the slot key | sealed ring key 124
/// | u32 length + sealed ring: salt 32 | nonce 12 | AES-256-GCM( 32 zero bytes | ring ) | tag 16
/// </code>
/// Each slot has a random key of its own, under which the ring key is sealed; the ring holds them all, so that another ring key
/// can be sealed for every slot without its root key. The ring is sealed under HKDF(ring key, salt), with everything before it
/// as associated data: a slot of another root key that was altered is found by whoever opens the ring.
/// </remarks>
internal sealed record KeyRingState(IReadOnlyList<SealedSlot> Slots, ReadOnlyMemory<byte> BeforeRing, ReadOnlyMemory<byte> SealedRing)
{
    /// <summary>Each slot that is tried may cost seconds, and whoever can write the file chooses how many there are.</summary>
    public const int MaxSlots = 32;

    public const int MaxSlotLength = 4096;
    public const int MaxKindLength = 64;

    /// <summary>A change that would make the keys of the ring longer is refused: 32 slots must always find room beside them in the header.</summary>
    public const int MaxKeysLength = 768 << 10;

    private const byte Version = 1;
    private const int UsualRingLength = 8192;
    private const string Name = "state of the key ring";

    private static readonly AsciiSet KindCharacters = new("abcdefghijklmnopqrstuvwxyz0123456789-");

    public static byte[] Encode(RingKeys ring)
    {
        var writer = new FieldWriter(stackalloc byte[2048]);
        writer.Byte(Version);
        writer.UInt16(ring.Slots.Count);
        foreach (RootKeySlot slot in ring.Slots)
        {
            SealedSlot sealedSlot = SealedSlot.Seal(slot, ring.StoreId, ring.RingKey.Span);
            writer.UInt64(slot.Id);
            writer.Byte(checked((byte)slot.Kind.Length));
            writer.Bytes(Utf8.Strict.GetBytes(slot.Kind));
            writer.UInt16(slot.Wrapped.Length);
            writer.Bytes(slot.Wrapped.Span);
            writer.Bytes(sealedSlot.RingKey.Span);
        }

        byte[] sealedRing = Seal(ring, writer.Written);
        writer.UInt32(sealedRing.Length);
        writer.Bytes(sealedRing);
        return writer.Written.ToArray();
    }

    /// <summary>Any bytes; what does not parse is Corrupt, an unknown version UnsupportedFormat.</summary>
    public static KeyRingState Decode(ReadOnlyMemory<byte> state)
    {
        var reader = new FieldReader(state.Span);
        try
        {
            byte version = reader.Byte();
            if (version != Version)
            {
                throw KeyFailures.UnsupportedFormat(Name, version);
            }

            var slots = new List<SealedSlot>();
            int count = reader.UInt16();
            if (count > MaxSlots)
            {
                throw KeyFailures.Corrupt(Name);
            }

            for (int left = count; left > 0; left--)
            {
                slots.Add(DecodeSlot(ref reader, state));
            }

            int end = reader.Position;
            int length = reader.UInt32();
            int offset = reader.Position;
            reader.Bytes(length);
            reader.End();
            return length >= DerivedCipher.CommittedOverhead
                ? new KeyRingState(slots, state[..end], state.Slice(offset, length))
                : throw KeyFailures.Corrupt(Name);
        }
        catch (InvalidDataException)
        {
            throw KeyFailures.Corrupt(Name);
        }
    }

    /// <summary>Opens the ring through one of the slots; Tampered when it does not open.</summary>
    public RingKeys Open(UniqueId storeId, SealedSlot slot, ReadOnlySpan<byte> slotKey)
    {
        using var ringKey = new PinnedBytes(CommittingCipher.KeyLength);
        return slot.TryOpen(storeId, slotKey, ringKey.Span) ? Open(storeId, ringKey.Span, slot.Id) : throw KeyFailures.Tampered();
    }

    /// <summary>Opens the ring under its key; Tampered when it does not open.</summary>
    public RingKeys Open(UniqueId storeId, ReadOnlySpan<byte> ringKey, ulong slotInUse)
    {
        using var cipher = new DerivedCipher(ringKey, KeyPurposes.Ring, commits: true);
        using var plaintext = new Scratch(SealedRing.Length - cipher.Overhead);
        var associatedData = new FieldWriter(stackalloc byte[AssociatedData.UsualLength]);
        AssociatedData.Ring(ref associatedData, storeId, BeforeRing.Span);
        return cipher.TryOpen(SealedRing.Span, associatedData.Written, plaintext.Span)
            ? RingCodec.Decode(storeId, plaintext.Span, ringKey, Slots, slotInUse)
            : throw KeyFailures.Tampered();
    }

    public static bool IsKind(string? kind) =>
        kind is { Length: >= 1 and <= MaxKindLength } && KindCharacters.IndexOfOther(kind) < 0;

    private static SealedSlot DecodeSlot(ref FieldReader reader, ReadOnlyMemory<byte> state)
    {
        ulong id = reader.UInt64();
        ReadOnlySpan<byte> kind = reader.Bytes(reader.Byte());
        string text = System.Text.Encoding.ASCII.GetString(kind);
        int length = reader.UInt16();
        int offset = reader.Position;
        reader.Bytes(length);
        reader.Bytes(SealedSlot.RingKeyLength);
        return IsKind(text) && length is >= 1 and <= MaxSlotLength
            ? new SealedSlot(id, text, state.Slice(offset, length), state.Slice(offset + length, SealedSlot.RingKeyLength))
            : throw new InvalidDataException("A slot breaks its rules.");
    }

    private static byte[] Seal(RingKeys ring, ReadOnlySpan<byte> before)
    {
        using var cipher = new DerivedCipher(ring.RingKey.Span, KeyPurposes.Ring, commits: true);
        var associatedData = new FieldWriter(stackalloc byte[AssociatedData.UsualLength]);
        AssociatedData.Ring(ref associatedData, ring.StoreId, before);
        using SecretMemory room = SecretMemory.Rent(UsualRingLength);
        var plaintext = new FieldWriter(room.Span);
        try
        {
            RingCodec.Encode(ref plaintext, ring);
            byte[] message = new byte[cipher.Overhead + plaintext.Written.Length];
            cipher.Seal(plaintext.Written, associatedData.Written, message);
            return message;
        }
        finally
        {
            plaintext.Dispose();
        }
    }
}
