using System.Security.Cryptography;
using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Envelope;

namespace EmbeddedSecrets.Keys;

/// <summary>The slot of a 32-byte root key, wherever the key comes from: file, mounted file, environment, bytes.</summary>
/// <remarks>
/// <code>
///  0        1         33         45                                       + 16
///  | format | salt 32 | nonce 12 | AES-256-GCM( 32 zero bytes | slot key ) | tag |
/// </code>
/// under HKDF-SHA256(root key, salt).
/// </remarks>
internal static class KeySlot
{
    public const string Kind = "key";
    public const int Length = 1 + DerivedCipher.CommittedOverhead + CommittingCipher.KeyLength;

    private const byte Format = 1;

    public static byte[] Seal(ReadOnlySpan<byte> rootKey, UniqueId storeId, ReadOnlySpan<byte> slotKey)
    {
        byte[] slot = new byte[Length];
        slot[0] = Format;
        var associatedData = new FieldWriter(stackalloc byte[AssociatedData.UsualLength]);
        AssociatedData.Slot(ref associatedData, storeId, Kind, 0);
        using var cipher = new DerivedCipher(rootKey, KeyPurposes.Slot, commits: true);
        cipher.Seal(slotKey, associatedData.Written, slot.AsSpan(1));
        return slot;
    }

    public static bool TryOpen(ReadOnlySpan<byte> rootKey, UniqueId storeId, ReadOnlySpan<byte> slot, Span<byte> slotKey)
    {
        if (slot.Length != Length || slot[0] != Format)
        {
            CryptographicOperations.ZeroMemory(slotKey);
            return false;
        }

        var associatedData = new FieldWriter(stackalloc byte[AssociatedData.UsualLength]);
        AssociatedData.Slot(ref associatedData, storeId, Kind, 0);
        using var cipher = new DerivedCipher(rootKey, KeyPurposes.Slot, commits: true);
        return cipher.TryOpen(slot[1..], associatedData.Written, slotKey);
    }
}
