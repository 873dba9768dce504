using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Envelope;

namespace EmbeddedSecrets.Keys;

/// <summary>
/// The slot of a root key that wraps elsewhere: under a certificate, by a key service. Neither need bind or authenticate
/// anything, so it wraps a fresh key, used for this one slot, and the slot key is sealed here under that.
/// </summary>
/// <remarks>
/// <code>
///  0            n         + 32       + 12                                      + 16
///  | front ...  | salt 32 | nonce 12 | AES-256-GCM( 32 zero bytes | slot key ) | tag |
/// </code>
/// under HKDF-SHA256(fresh key, salt). The front holds the wrapped fresh key. All of it is in the associated data, so that
/// a service that ignores a part of what it unwraps lets nobody change that part.
/// </remarks>
internal static class WrappedSlot
{
    public const int SealedLength = DerivedCipher.CommittedOverhead + CommittingCipher.KeyLength;

    /// <summary>Fills in the last <see cref="SealedLength"/> bytes of a slot whose front is written.</summary>
    public static void Seal(ReadOnlySpan<byte> freshKey, UniqueId storeId, string kind, ReadOnlySpan<byte> slotKey, Span<byte> slot)
    {
        var associatedData = new FieldWriter(stackalloc byte[AssociatedData.UsualLength]);
        AssociatedData.WrappedSlot(ref associatedData, storeId, kind, slot[..^SealedLength]);
        using var cipher = new DerivedCipher(freshKey, KeyPurposes.Slot, commits: true);
        cipher.Seal(slotKey, associatedData.Written, slot[^SealedLength..]);
    }

    /// <summary>False, and the slot key zeroed, where the slot does not open under this key.</summary>
    public static bool TryOpen(ReadOnlySpan<byte> freshKey, UniqueId storeId, string kind, ReadOnlySpan<byte> slot, Span<byte> slotKey)
    {
        var associatedData = new FieldWriter(stackalloc byte[AssociatedData.UsualLength]);
        AssociatedData.WrappedSlot(ref associatedData, storeId, kind, slot[..^SealedLength]);
        using var cipher = new DerivedCipher(freshKey, KeyPurposes.Slot, commits: true);
        return cipher.TryOpen(slot[^SealedLength..], associatedData.Written, slotKey);
    }
}
