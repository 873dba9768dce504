using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Envelope;

namespace EmbeddedSecrets.Keys;

/// <summary>A slot as it stands in the state, in clear: the slot key wrapped by a root key, and the ring key sealed under the slot key.</summary>
internal sealed record SealedSlot(ulong Id, string Kind, ReadOnlyMemory<byte> Wrapped, ReadOnlyMemory<byte> RingKey)
{
    public const int RingKeyLength = DerivedCipher.CommittedOverhead + CommittingCipher.KeyLength;

    /// <summary>Seals the ring key under the key of a slot.</summary>
    public static SealedSlot Seal(RootKeySlot slot, UniqueId storeId, ReadOnlySpan<byte> ringKey)
    {
        byte[] message = new byte[RingKeyLength];
        var associatedData = new FieldWriter(stackalloc byte[AssociatedData.UsualLength]);
        AssociatedData.RingKey(ref associatedData, storeId, slot.Id, slot.Kind);
        using var cipher = new DerivedCipher(slot.Key.Span, KeyPurposes.RingKey, commits: true);
        cipher.Seal(ringKey, associatedData.Written, message);
        return new SealedSlot(slot.Id, slot.Kind, slot.Wrapped, message);
    }

    /// <summary>False, and the ring key zeroed, where it does not open under this slot key.</summary>
    public bool TryOpen(UniqueId storeId, ReadOnlySpan<byte> slotKey, Span<byte> ringKey)
    {
        var associatedData = new FieldWriter(stackalloc byte[AssociatedData.UsualLength]);
        AssociatedData.RingKey(ref associatedData, storeId, Id, Kind);
        using var cipher = new DerivedCipher(slotKey, KeyPurposes.RingKey, commits: true);
        return cipher.TryOpen(RingKey.Span, associatedData.Written, ringKey);
    }
}
