using System.Security.Cryptography;

namespace EmbeddedSecrets.Buffers;

/// <summary>
/// Random bytes that are no secret: nonces and ids. They are drawn in blocks, one a thread, since each draw costs a
/// microsecond whatever its length, and a put needs five. Keys and salts are not drawn here, so that no key lies in memory
/// before it is used.
/// </summary>
internal static class PublicRandom
{
    private const int BlockLength = 256;

    [ThreadStatic]
    private static byte[]? _block;

    [ThreadStatic]
    private static int _left;

    /// <summary>Fills with bytes that nobody else gets.</summary>
    public static void Fill(Span<byte> destination)
    {
        if (destination.Length > BlockLength)
        {
            RandomNumberGenerator.Fill(destination);
            return;
        }

        byte[] block = _block ??= new byte[BlockLength];
        if (_left < destination.Length)
        {
            // Nothing counts as drawn before all of it is: a failing draw leaves no old bytes to be given out again.
            _left = 0;
            RandomNumberGenerator.Fill(block);
            _left = BlockLength;
        }

        Span<byte> taken = block.AsSpan(BlockLength - _left, destination.Length);
        taken.CopyTo(destination);
        taken.Clear();
        _left -= destination.Length;
    }

    /// <summary>16 bytes, never all zero.</summary>
    public static UniqueId NextId()
    {
        Span<byte> bytes = stackalloc byte[UniqueId.Length];
        UniqueId id;
        do
        {
            Fill(bytes);
            id = UniqueId.Read(bytes);
        }
        while (id.IsNone);
        return id;
    }
}
