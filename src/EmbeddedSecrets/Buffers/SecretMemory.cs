namespace EmbeddedSecrets.Buffers;

/// <summary>
/// A piece of pinned memory for plaintext or keys, rented from a slab that never moves (DESIGN K11) and zeroed when it is
/// given back. A struct so that renting allocates nothing; whoever rented it disposes it exactly once, in <c>finally</c>.
/// </summary>
/// <remarks>A piece that is never disposed costs its slab, which the collector takes once nothing refers to it.</remarks>
internal readonly struct SecretMemory : IDisposable
{
    /// <summary>The most bytes of one piece.</summary>
    public const int MaxLength = 65_536;

    [ThreadStatic]
    private static SecretSlab? _currentSlab;

    private readonly SecretSlab? _slab;
    private readonly int _offset;
    private readonly int _length;

    private SecretMemory(SecretSlab slab, int offset, int length)
    {
        _slab = slab;
        _offset = offset;
        _length = length;
    }

    public int Length => _length;

    public Span<byte> Span => _slab is null ? [] : _slab.Bytes.AsSpan(_offset, _length);

    public Memory<byte> Memory => _slab is null ? Memory<byte>.Empty : _slab.Bytes.AsMemory(_offset, _length);

    /// <summary>Rents a piece, zeroed, of 0 to 65,536 bytes. Safe for several threads at once, and may be disposed by another thread.</summary>
    public static SecretMemory Rent(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, MaxLength);
        if (length == 0)
        {
            return default;
        }

        SecretSlab? slab = _currentSlab;
        if (slab is not null && slab.TryTake(length, out int offset))
        {
            return new SecretMemory(slab, offset, length);
        }

        // Forgotten before it is released: if there is no memory for another slab, this one may already be somebody else's.
        _currentSlab = null;
        slab?.Release();
        slab = SecretSlab.Acquire();
        _currentSlab = slab;
        bool taken = slab.TryTake(length, out offset);
        System.Diagnostics.Debug.Assert(taken, "A fresh slab holds the largest piece.");
        return new SecretMemory(slab, offset, length);
    }

    public void Dispose() => _slab?.GiveBack(_offset, _length);
}
