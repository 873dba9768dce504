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
        _bytes = NewArray(length);
    }

    public PinnedBytes(ReadOnlySpan<byte> bytes)
        : this(bytes.Length)
    {
        bytes.CopyTo(_bytes);
    }

    public Span<byte> Span => _bytes;

    public Memory<byte> Memory => _bytes;

    /// <summary>A pinned array of zeros. GC.AllocateArray would be compiled at its first call, which every opening waits for.</summary>
    public static byte[] NewArray(int length)
    {
        byte[] array = GC.AllocateUninitializedArray<byte>(length, pinned: true);
        array.AsSpan().Clear();
        return array;
    }

    public void Dispose() => CryptographicOperations.ZeroMemory(_bytes);
}
