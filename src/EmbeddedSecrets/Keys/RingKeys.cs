using System.Security.Cryptography;
using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Envelope;
using EmbeddedSecrets.Errors;

namespace EmbeddedSecrets.Keys;

/// <summary>The keys of an open ring. Immutable until disposed; a disposed one throws <see cref="ObjectDisposedException"/> when used.</summary>
internal sealed class RingKeys(
    UniqueId storeId, long revision, PinnedBytes ringKey, IReadOnlyDictionary<string, EncryptionKey> keys, IReadOnlyList<RootKeySlot> slots) : IDisposable
{
    private const long FirstRevision = 1;

    public UniqueId StoreId => storeId;

    public long Revision => revision;

    public IReadOnlyDictionary<string, EncryptionKey> Keys => keys;

    /// <summary>What the ring is sealed under.</summary>
    public PinnedBytes RingKey => ringKey;

    /// <summary>The slots of the root keys, in the order in which they were added.</summary>
    public IReadOnlyList<RootKeySlot> Slots => slots;

    /// <summary>The id of the slot that the root key of this process opens; set anew only while a ring is being made.</summary>
    public required ulong SlotInUse { get; set; }

    /// <summary>Whether the root key of this process still opens the ring.</summary>
    public bool HasSlotInUse => slots.Any(slot => slot.Id == SlotInUse);

    /// <summary>The ring of a new store: the key of secrets that name none, and the store's own. Takes over the slot.</summary>
    public static RingKeys Generate(UniqueId storeId, DateTimeOffset now, RootKeySlot slot)
    {
        var ringKey = new PinnedBytes(CommittingCipher.KeyLength);
        RandomNumberGenerator.Fill(ringKey.Span);
        var keys = new Dictionary<string, EncryptionKey>(StringComparer.Ordinal);
        foreach (string id in (ReadOnlySpan<string>)[EncryptionKeys.Store, EncryptionKeys.Default])
        {
            keys.Add(id, EncryptionKey.Generate(id, now));
        }

        return new RingKeys(storeId, FirstRevision, ringKey, keys, [slot]) { SlotInUse = slot.Id };
    }

    public WrappedDataKey Wrap(string keyId, ReadOnlySpan<byte> dataKey, ReadOnlySpan<byte> bound)
    {
        EncryptionKey key = Find(keyId);
        DerivedCipher cipher = key.Use(key.CurrentGeneration);
        var associatedData = new FieldWriter(stackalloc byte[AssociatedData.UsualLength]);
        AssociatedData.WrappedKey(ref associatedData, StoreId, keyId, key.CurrentGeneration, bound);
        byte[] ciphertext = new byte[cipher.Overhead + dataKey.Length];
        cipher.Seal(dataKey, associatedData.Written, ciphertext);
        return new WrappedDataKey(keyId, key.CurrentGeneration, ciphertext);
    }

    /// <summary>Unwraps a data key; one of a key that is disabled or scheduled for deletion only if <paramref name="inAnyState"/>.</summary>
    public void Unwrap(WrappedDataKey wrapped, ReadOnlySpan<byte> bound, Span<byte> dataKey, bool inAnyState)
    {
        EncryptionKey key = Find(wrapped.KeyId);
        DerivedCipher cipher = inAnyState ? key.Find(wrapped.Generation) : key.Use(wrapped.Generation);
        var associatedData = new FieldWriter(stackalloc byte[AssociatedData.UsualLength]);
        AssociatedData.WrappedKey(ref associatedData, StoreId, wrapped.KeyId, wrapped.Generation, bound);
        ReadOnlySpan<byte> ciphertext = wrapped.Ciphertext.Span;
        if (ciphertext.Length != cipher.Overhead + dataKey.Length || !cipher.TryOpen(ciphertext, associatedData.Written, dataKey))
        {
            throw new AuthenticationTagMismatchException("The wrapped data key is not authentic, or was bound to something else.");
        }
    }

    public void Dispose()
    {
        foreach (EncryptionKey key in keys.Values)
        {
            key.DisposeGenerations();
        }

        foreach (RootKeySlot slot in slots)
        {
            slot.Dispose();
        }

        ringKey.Dispose();
    }

    private EncryptionKey Find(string keyId) =>
        keys.TryGetValue(keyId, out EncryptionKey? key) ? key : throw KeyFailures.KeyUnusable(keyId, UnavailabilityReason.KeyNotFound, null);
}
