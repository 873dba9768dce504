using System.Buffers.Binary;
using System.Security.Cryptography;
using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Errors;

namespace EmbeddedSecrets.Keys;

/// <summary>A root key that is a key in a service of one's own, behind two functions.</summary>
/// <remarks>
/// <code>
///  0        1            3                                    3 + length
///  | format | u16 length | what the service made of a fresh key | sealed slot key 124, see WrappedSlot
/// </code>
/// </remarks>
internal sealed class CallbackRootKey(
    string kind,
    Func<ReadOnlyMemory<byte>, RootKeyContext, CancellationToken, ValueTask<byte[]>> wrap,
    Func<ReadOnlyMemory<byte>, RootKeyContext, CancellationToken, ValueTask<byte[]?>> unwrap) : IRootKey
{
    /// <summary>The most bytes that the service may answer with, so that the slot fits into a store.</summary>
    public const int MaxWrappedLength = KeyRingState.MaxSlotLength - WrappedOffset - WrappedSlot.SealedLength;

    private const byte Format = 1;
    private const int LengthOffset = 1;
    private const int WrappedOffset = LengthOffset + sizeof(ushort);

    public string Kind => kind;

    public bool CompletesSynchronously => false;

    public async ValueTask<byte[]> WrapAsync(ReadOnlyMemory<byte> slotKey, RootKeyContext context, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var freshKey = new PinnedBytes(KeyLine.KeyLength);
        RandomNumberGenerator.Fill(freshKey.Span);
        byte[] wrapped;
        try
        {
            wrapped = await wrap(freshKey.Memory, context, cancellationToken).ConfigureAwait(false);
            CheckWrapped(wrapped, freshKey.Span);
        }
        catch (Exception exception) when (!IsCancellation(exception, cancellationToken))
        {
            throw KeyFailures.RootKeyServiceFailed(kind, context.StoreLocation, exception);
        }

        byte[] slot = new byte[WrappedOffset + wrapped.Length + WrappedSlot.SealedLength];
        slot[0] = Format;
        BinaryPrimitives.WriteUInt16LittleEndian(slot.AsSpan(LengthOffset), checked((ushort)wrapped.Length));
        wrapped.CopyTo(slot, WrappedOffset);
        WrappedSlot.Seal(freshKey.Span, context.StoreId, kind, slotKey.Span, slot);
        return slot;
    }

    public async ValueTask<bool> TryUnwrapAsync(ReadOnlyMemory<byte> slot, RootKeyContext context, Memory<byte> slotKey, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        CryptographicOperations.ZeroMemory(slotKey.Span);
        if (!IsSlot(slot.Span))
        {
            return false;
        }

        byte[]? answer;
        try
        {
            answer = await unwrap(slot[WrappedOffset..^WrappedSlot.SealedLength], context, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (!IsCancellation(exception, cancellationToken))
        {
            throw KeyFailures.RootKeyServiceFailed(kind, context.StoreLocation, exception);
        }

        try
        {
            // A service that does not authenticate answers any slot with something; only the cipher says whether it was the key.
            return answer is { Length: KeyLine.KeyLength } && WrappedSlot.TryOpen(answer, context.StoreId, kind, slot.Span, slotKey.Span);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(answer);
        }
    }

    private static bool IsSlot(ReadOnlySpan<byte> slot)
    {
        int length = slot.Length - WrappedOffset - WrappedSlot.SealedLength;
        return length is >= 1 and <= MaxWrappedLength && slot[0] == Format && BinaryPrimitives.ReadUInt16LittleEndian(slot[LengthOffset..]) == length;
    }

    /// <summary>A time-out of the service is a cancelled task too; only the caller's own cancellation stays one.</summary>
    private static bool IsCancellation(Exception exception, CancellationToken cancellationToken)
    {
        return exception is OperationCanceledException && cancellationToken.IsCancellationRequested;
    }

    private static void CheckWrapped(byte[]? wrapped, ReadOnlySpan<byte> freshKey)
    {
        if (wrapped is not { Length: >= 1 and <= MaxWrappedLength })
        {
            throw new InvalidOperationException($"A wrapped key has 1 to {MaxWrappedLength:N0} bytes, not {wrapped?.Length ?? 0:N0}.");
        }

        // Such a store would be open to everybody.
        if (wrapped.AsSpan().IndexOf(freshKey) >= 0)
        {
            throw new InvalidOperationException("The key was answered in clear, not wrapped.");
        }
    }
}
