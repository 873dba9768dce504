namespace EmbeddedSecrets.Buffers;

/// <summary>Zeroed, pinned memory of any length for the time of a call: a piece of a slab, or an array of its own when it is too large for one.</summary>
internal readonly ref struct Scratch : IDisposable
{
    private readonly SecretMemory _piece;
    private readonly PinnedBytes? _array;

    public Scratch(int length)
    {
        if (length <= SecretMemory.MaxLength)
        {
            _piece = SecretMemory.Rent(length);
        }
        else
        {
            _array = new PinnedBytes(length);
        }
    }

    public Span<byte> Span => _array is null ? _piece.Span : _array.Span;

    public void Dispose()
    {
        _piece.Dispose();
        _array?.Dispose();
    }
}
