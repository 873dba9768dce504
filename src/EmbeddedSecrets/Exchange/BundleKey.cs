using System.Security.Cryptography;
using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Envelope;
using EmbeddedSecrets.Errors;
using EmbeddedSecrets.Keys;

namespace EmbeddedSecrets.Exchange;

/// <summary>The key of one bundle, fresh for each, wrapped by a root key. No key of a store has a part in it.</summary>
internal sealed class BundleKey : IDisposable
{
    private readonly DerivedCipher _cipher;

    private BundleKey(UniqueId bundleId, ReadOnlySpan<byte> key)
    {
        BundleId = bundleId;
        _cipher = new DerivedCipher(key, KeyPurposes.Bundle, commits: true);
    }

    public UniqueId BundleId { get; }

    /// <summary>Makes a key, and the slot that holds it.</summary>
    public static async ValueTask<(BundleKey Key, byte[] Slot)> MakeAsync(IRootKey rootKey, CancellationToken cancellationToken)
    {
        UniqueId bundleId = PublicRandom.NextId();
        var context = new RootKeyContext(bundleId, BundleFormat.Location, IsNewStore: false);
        using var key = new PinnedBytes(CommittingCipher.KeyLength);
        RandomNumberGenerator.Fill(key.Span);
        byte[] slot = await rootKey.WrapAsync(key.Memory, context, cancellationToken).ConfigureAwait(false);
        if (slot is not { Length: >= 1 and <= KeyRingState.MaxSlotLength })
        {
            throw new InvalidOperationException($"The root key of kind '{rootKey.Kind}' made a slot that does not have 1 to {KeyRingState.MaxSlotLength:N0} bytes.");
        }

        slot = [.. slot];
        await TryAsync(rootKey, slot, context, key, cancellationToken).ConfigureAwait(false);
        return (new BundleKey(bundleId, key.Span), slot);
    }

    /// <summary>Unwraps the key of a bundle.</summary>
    public static async ValueTask<BundleKey> OpenAsync(IRootKey rootKey, UniqueId bundleId, string kind, byte[] slot, CancellationToken cancellationToken)
    {
        if (kind != rootKey.Kind)
        {
            throw BundleFailures.OtherKind(rootKey.Kind, kind);
        }

        var context = new RootKeyContext(bundleId, BundleFormat.Location, IsNewStore: false);
        using var key = new PinnedBytes(CommittingCipher.KeyLength);
        return await rootKey.TryUnwrapAsync(slot, context, key.Memory, cancellationToken).ConfigureAwait(false)
            ? new BundleKey(bundleId, key.Span)
            : throw BundleFailures.WrongKey(rootKey.Kind);
    }

    public void Seal(byte kind, long number, ReadOnlySpan<byte> plaintext, Span<byte> message)
    {
        var associatedData = new FieldWriter(stackalloc byte[AssociatedData.UsualLength]);
        AssociatedData.Bundle(ref associatedData, BundleId, kind, number);
        _cipher.Seal(plaintext, associatedData.Written, message);
    }

    public bool TryOpen(byte kind, long number, ReadOnlySpan<byte> message, Span<byte> plaintext)
    {
        var associatedData = new FieldWriter(stackalloc byte[AssociatedData.UsualLength]);
        AssociatedData.Bundle(ref associatedData, BundleId, kind, number);
        return _cipher.TryOpen(message, associatedData.Written, plaintext);
    }

    public void Dispose() => _cipher.Dispose();

    /// <summary>A slot that does not open makes a bundle of no use. Whoever has a certificate only seals for another, and cannot try.</summary>
    private static async ValueTask TryAsync(IRootKey rootKey, byte[] slot, RootKeyContext context, PinnedBytes key, CancellationToken cancellationToken)
    {
        using var again = new PinnedBytes(CommittingCipher.KeyLength);
        try
        {
            if (await rootKey.TryUnwrapAsync(slot, context, again.Memory, cancellationToken).ConfigureAwait(false)
                && CryptographicOperations.FixedTimeEquals(again.Span, key.Span))
            {
                return;
            }
        }
        catch (SecretStoreAccessException exception) when (exception.Code == SecretStoreErrorCodes.KeyMissing && rootKey is CertificateRootKey)
        {
            return;
        }

        throw BundleFailures.WrongKey(rootKey.Kind);
    }
}
