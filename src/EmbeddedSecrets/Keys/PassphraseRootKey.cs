using System.Buffers.Binary;
using System.Security.Cryptography;
using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Envelope;

namespace EmbeddedSecrets.Keys;

/// <summary>A root key made from a passphrase by PBKDF2-HMAC-SHA256 (DESIGN K10).</summary>
/// <remarks>
/// <code>
///  0        1                5         37         49                                       + 16
///  | format | u32 iterations | salt 32 | nonce 12 | AES-256-GCM( 32 zero bytes | slot key ) | tag |
/// </code>
/// The iterations are in the associated data. The key is used for this one slot only, since each slot has a salt of its own.
/// </remarks>
internal sealed class PassphraseRootKey(ReadOnlySpan<byte> passphrase) : IRootKey
{
    public const string SlotKind = "passphrase";
    public const int MinIterations = 600_000;
    public const int MaxIterations = 10_000_000;
    public const int SlotLength = CiphertextOffset + CommittingCipher.CommitmentLength + CommittingCipher.KeyLength + CommittingCipher.TagLength;

    private const byte Format = 1;
    private const int IterationsOffset = 1;
    private const int SaltOffset = IterationsOffset + sizeof(uint);
    private const int NonceOffset = SaltOffset + Salt.Length;
    private const int CiphertextOffset = NonceOffset + CommittingCipher.NonceLength;

    private readonly Memory<byte> _passphrase = new PinnedBytes(passphrase).Memory;

    public string Kind => SlotKind;

    public bool CompletesSynchronously => true;

    public ValueTask<byte[]> WrapAsync(ReadOnlyMemory<byte> slotKey, RootKeyContext context, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        byte[] slot = new byte[SlotLength];
        slot[0] = Format;
        BinaryPrimitives.WriteUInt32LittleEndian(slot.AsSpan(IterationsOffset), MinIterations);
        RandomNumberGenerator.Fill(slot.AsSpan(SaltOffset, Salt.Length + CommittingCipher.NonceLength));

        var associatedData = new FieldWriter(stackalloc byte[AssociatedData.UsualLength]);
        AssociatedData.Slot(ref associatedData, context.StoreId, Kind, MinIterations);
        using SecretMemory padded = SecretMemory.Rent(CommittingCipher.CommitmentLength + CommittingCipher.KeyLength);
        slotKey.Span.CopyTo(padded.Span[CommittingCipher.CommitmentLength..]);
        using AesGcm cipher = Derive(slot.AsSpan(SaltOffset, Salt.Length), MinIterations);
        CommittingCipher.Seal(cipher, slot.AsSpan(NonceOffset, CommittingCipher.NonceLength), padded.Span, associatedData.Written, slot.AsSpan(CiphertextOffset));
        return new ValueTask<byte[]>(slot);
    }

    public ValueTask<bool> TryUnwrapAsync(ReadOnlyMemory<byte> slot, RootKeyContext context, Memory<byte> slotKey, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new ValueTask<bool>(TryOpen(slot.Span, context.StoreId, slotKey.Span));
    }

    private bool TryOpen(ReadOnlySpan<byte> slot, UniqueId storeId, Span<byte> slotKey)
    {
        CryptographicOperations.ZeroMemory(slotKey);
        if (slot.Length != SlotLength || slot[0] != Format)
        {
            return false;
        }

        // Checked before the count costs any time: whoever can write the file must not be able to stop the program with it.
        uint iterations = BinaryPrimitives.ReadUInt32LittleEndian(slot[IterationsOffset..]);
        if (iterations is < MinIterations or > MaxIterations)
        {
            return false;
        }

        var associatedData = new FieldWriter(stackalloc byte[AssociatedData.UsualLength]);
        AssociatedData.Slot(ref associatedData, storeId, Kind, (int)iterations);
        using SecretMemory padded = SecretMemory.Rent(CommittingCipher.CommitmentLength + CommittingCipher.KeyLength);
        using AesGcm cipher = Derive(slot.Slice(SaltOffset, Salt.Length), (int)iterations);
        if (!CommittingCipher.TryOpen(cipher, slot.Slice(NonceOffset, CommittingCipher.NonceLength), slot[CiphertextOffset..], associatedData.Written, padded.Span))
        {
            return false;
        }

        padded.Span[CommittingCipher.CommitmentLength..].CopyTo(slotKey);
        return true;
    }

    private AesGcm Derive(ReadOnlySpan<byte> salt, int iterations)
    {
        using SecretMemory key = SecretMemory.Rent(CommittingCipher.KeyLength);
        Rfc2898DeriveBytes.Pbkdf2(_passphrase.Span, salt, key.Span, iterations, HashAlgorithmName.SHA256);
        return new AesGcm(key.Span, CommittingCipher.TagLength);
    }
}
