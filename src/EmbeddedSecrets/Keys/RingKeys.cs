using System.Runtime.CompilerServices;
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

    private EncryptionKey? _last;

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
        key.RequireEnabled();
        KeyGeneration generation = key.Find(key.CurrentGeneration);
        var associatedData = new FieldWriter(stackalloc byte[AssociatedData.UsualLength]);
        AssociatedData.WrappedKey(ref associatedData, FrontOf(generation, keyId, key.CurrentGeneration), bound);
        byte[] ciphertext = new byte[generation.Cipher.Overhead + dataKey.Length];
        generation.Cipher.Seal(dataKey, associatedData.Written, ciphertext);
        return new WrappedDataKey(keyId, key.CurrentGeneration, ciphertext);
    }

    /// <summary>Unwraps a data key; one of a key that is disabled or scheduled for deletion only if <paramref name="inAnyState"/>.</summary>
    [SkipLocalsInit] // The associated data is written before it is read.
    public void Unwrap(string keyId, long generationNumber, ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> bound, Span<byte> dataKey, bool inAnyState)
    {
        EncryptionKey key = Find(keyId);
        if (!inAnyState)
        {
            key.RequireEnabled();
        }

        KeyGeneration generation = key.Find(generationNumber);
        var associatedData = new FieldWriter(stackalloc byte[AssociatedData.UsualLength]);
        AssociatedData.WrappedKey(ref associatedData, FrontOf(generation, keyId, generationNumber), bound);
        if (ciphertext.Length != generation.Cipher.Overhead + dataKey.Length || !generation.Cipher.TryOpen(ciphertext, associatedData.Written, dataKey))
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

    /// <summary>The key that was used last, or another one: most secrets are under one.</summary>
    private EncryptionKey Find(string keyId)
    {
        EncryptionKey? key = Volatile.Read(ref _last);
        if (key is null || key.Id != keyId)
        {
            key = keys.TryGetValue(keyId, out EncryptionKey? found) ? found : throw KeyFailures.KeyUnusable(keyId, UnavailabilityReason.KeyNotFound, null);
            Volatile.Write(ref _last, key);
        }

        return key;
    }

    private byte[] FrontOf(KeyGeneration generation, string keyId, long generationNumber) =>
        generation.Front ??= MakeFront(keyId, generationNumber);

    /// <summary>Two threads that make it at once make the same bytes.</summary>
    private byte[] MakeFront(string keyId, long generationNumber)
    {
        var front = new FieldWriter(stackalloc byte[AssociatedData.UsualLength]);
        AssociatedData.WrappedKeyFront(ref front, StoreId, keyId, generationNumber);
        return front.Written.ToArray();
    }
}
