using System.Buffers.Binary;
using System.Security.Cryptography;
using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Envelope;
using EmbeddedSecrets.Errors;

namespace EmbeddedSecrets.Keys;

/// <summary>
/// One slot of an open ring, with its key: what a root key wrapped, and what is said about it. A new ring key can be sealed
/// for it without its root key. Owned by the ring; it holds a key, so it is a class and prints nothing.
/// </summary>
internal sealed class RootKeySlot(ulong id, string kind, ReadOnlyMemory<byte> wrapped, DateTimeOffset createTime, string description, PinnedBytes key) : IDisposable
{
    /// <summary>Shorter than other descriptions, so that every slot finds room in the header beside a full ring.</summary>
    public const int MaxDescriptionLength = 1024;

    public ulong Id => id;

    public string Kind => kind;

    /// <summary>The slot key, wrapped by the root key.</summary>
    public ReadOnlyMemory<byte> Wrapped => wrapped;

    public DateTimeOffset CreateTime => createTime;

    public string Description => description;

    public PinnedBytes Key => key;

    /// <summary>A slot for a root key, which is tried at once: a slot that does not open is never stored.</summary>
    public static async ValueTask<RootKeySlot> MakeAsync(
        IRootKey rootKey, RootKeyContext context, DateTimeOffset now, string description, CancellationToken cancellationToken)
    {
        var key = new PinnedBytes(CommittingCipher.KeyLength);
        try
        {
            RandomNumberGenerator.Fill(key.Span);
            byte[] wrapped = await rootKey.WrapAsync(key.Memory, context, cancellationToken).ConfigureAwait(false);
            if (wrapped is not { Length: >= 1 and <= KeyRingState.MaxSlotLength })
            {
                throw new InvalidOperationException($"The root key of kind '{rootKey.Kind}' made a slot that does not have 1 to {KeyRingState.MaxSlotLength:N0} bytes.");
            }

            // The root key may keep or change what it returned.
            wrapped = [.. wrapped];
            using var again = new PinnedBytes(CommittingCipher.KeyLength);
            if (!await rootKey.TryUnwrapAsync(wrapped, context, again.Memory, cancellationToken).ConfigureAwait(false)
                || !CryptographicOperations.FixedTimeEquals(again.Span, key.Span))
            {
                throw KeyFailures.WrongKey(rootKey.Kind, context.StoreLocation);
            }

            return new RootKeySlot(RandomId(), rootKey.Kind, wrapped, now, description, key);
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    public static string Format(ulong id) => HexNumber.Format(id);

    /// <summary>Null for what <see cref="Format"/> never writes.</summary>
    public static ulong? TryParse(string text) =>
        HexNumber.TryParse(text, out ulong id) && Format(id) == text
            ? id
            : null;

    /// <summary>The same slot for another ring: a ring that is replaced zeroes its own.</summary>
    public RootKeySlot Copy() => new(id, kind, wrapped, createTime, description, new PinnedBytes(key.Span));

    /// <summary>The same slot under another description.</summary>
    public RootKeySlot Copy(string newDescription) => new(id, kind, wrapped, createTime, newDescription, new PinnedBytes(key.Span));

    public void Dispose() => key.Dispose();

    private static ulong RandomId()
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(bytes);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }
}
