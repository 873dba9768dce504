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

    private GenerationInUse? _last;

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
        GenerationInUse used = Use(keyId, Find(keyId).CurrentGeneration, inAnyState: false);
        var associatedData = new FieldWriter(stackalloc byte[AssociatedData.UsualLength]);
        AssociatedData.WrappedKey(ref associatedData, used.Front, bound);
        byte[] ciphertext = new byte[used.Cipher.Overhead + dataKey.Length];
        used.Cipher.Seal(dataKey, associatedData.Written, ciphertext);
        return new WrappedDataKey(keyId, used.Generation, ciphertext);
    }

    /// <summary>Unwraps a data key; one of a key that is disabled or scheduled for deletion only if <paramref name="inAnyState"/>.</summary>
    public void Unwrap(string keyId, long generation, ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> bound, Span<byte> dataKey, bool inAnyState)
    {
        GenerationInUse used = Use(keyId, generation, inAnyState);
        var associatedData = new FieldWriter(stackalloc byte[AssociatedData.UsualLength]);
        AssociatedData.WrappedKey(ref associatedData, used.Front, bound);
        if (ciphertext.Length != used.Cipher.Overhead + dataKey.Length || !used.Cipher.TryOpen(ciphertext, associatedData.Written, dataKey))
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

    /// <summary>The generation that was used last, or another one: most secrets are under one key.</summary>
    private GenerationInUse Use(string keyId, long generation, bool inAnyState)
    {
        GenerationInUse? used = Volatile.Read(ref _last);
        if (used is not null && (used.Generation != generation || used.Key.Id != keyId))
        {
            used = null;
        }

        EncryptionKey key = used?.Key ?? Find(keyId);
        if (!inAnyState)
        {
            key.RequireEnabled();
        }

        if (used is null)
        {
            DerivedCipher cipher = key.Find(generation);
            var front = new FieldWriter(stackalloc byte[AssociatedData.UsualLength]);
            AssociatedData.WrappedKeyFront(ref front, StoreId, keyId, generation);
            used = new GenerationInUse(key, generation, cipher, front.Written.ToArray());
            Volatile.Write(ref _last, used);
        }

        return used;
    }

    private EncryptionKey Find(string keyId) =>
        keys.TryGetValue(keyId, out EncryptionKey? key) ? key : throw KeyFailures.KeyUnusable(keyId, UnavailabilityReason.KeyNotFound, null);

    /// <summary>A generation at hand; the front is what the associated data of every data key begins with that is wrapped under it.</summary>
    private sealed record GenerationInUse(EncryptionKey Key, long Generation, DerivedCipher Cipher, byte[] Front);
}
