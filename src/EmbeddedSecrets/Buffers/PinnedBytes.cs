using System.Security.Cryptography;

namespace EmbeddedSecrets.Buffers;

/// <summary>
/// A pinned array of its own for a key that lives long, or for plaintext too large for a slab: a long-lived piece would keep
/// a whole slab. Zeroed when disposed.
/// </summary>
internal sealed class PinnedBytes : IDisposable
{
    private readonly byte[] _bytes;

    public PinnedBytes(int length)
    {
        _bytes = GC.AllocateArray<byte>(length, pinned: true);
    }

    public PinnedBytes(ReadOnlySpan<byte> bytes)
        : this(bytes.Length)
    {
        bytes.CopyTo(_bytes);
    }

    public Span<byte> Span => _bytes;

    public Memory<byte> Memory => _bytes;

    public void Dispose() => CryptographicOperations.ZeroMemory(_bytes);
}
