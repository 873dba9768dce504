using System.Security.Cryptography;

namespace EmbeddedSecrets.Buffers;

/// <summary>
/// Zeroed, pinned memory of any length for the time of a call, on one thread. Short pieces lie one behind the other in memory
/// that belongs to the thread, since a call ends before the one that made it: that takes no interlocked operation. A longer one
/// is a piece of a slab, or an array of its own. Dispose it once, on the thread that made it, before what was made earlier.
/// </summary>
internal readonly ref struct Scratch : IDisposable
{
    private const int StackLength = 4096;
    private const int MaxStackPiece = 1024;

    [ThreadStatic]
    private static Stack? _threadStack;

    private readonly Stack? _stack;
    private readonly int _offset;
    private readonly SecretMemory _piece;
    private readonly PinnedBytes? _array;

    public Scratch(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        if (length <= MaxStackPiece)
        {
            Stack stack = _threadStack ??= new Stack();
            if (length <= StackLength - stack.Used)
            {
                _stack = stack;
                _offset = stack.Used;
                stack.Used += length;
                Span = stack.Bytes.AsSpan(_offset, length);
                return;
            }
        }

        if (length <= SecretMemory.MaxLength)
        {
            _piece = SecretMemory.Rent(length);
            Span = _piece.Span;
        }
        else
        {
            _array = new PinnedBytes(length);
            Span = _array.Span;
        }
    }

    public Span<byte> Span { get; }

    /// <summary>The memory of the calling thread, for tests: zero while nothing of it is in use.</summary>
    internal static ReadOnlySpan<byte> OfThisThread => _threadStack?.Bytes;

    public void Dispose()
    {
        if (_stack is null)
        {
            _piece.Dispose();
            _array?.Dispose();
            return;
        }

        // Also what was taken after this one and never given back: nobody can be using it any more.
        if (_stack.Used > _offset)
        {
            CryptographicOperations.ZeroMemory(_stack.Bytes.AsSpan(_offset, _stack.Used - _offset));
            _stack.Used = _offset;
        }
    }

    private sealed class Stack
    {
        public byte[] Bytes { get; } = PinnedBytes.NewArray(StackLength);

        public int Used { get; set; }
    }
}
