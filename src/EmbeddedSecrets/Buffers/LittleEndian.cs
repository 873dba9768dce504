using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace EmbeddedSecrets.Buffers;

/// <summary>
/// Numbers somewhere in bytes. <see cref="BinaryPrimitives"/> reads them too, but belongs to the framework, so that code which
/// was compiled ahead of time calls it for each of them: opening a large store reads a million.
/// </summary>
internal static class LittleEndian
{
    public static int ReadInt32(ReadOnlySpan<byte> bytes, int position)
    {
        _ = bytes[position + sizeof(int) - 1];
        int value = Unsafe.ReadUnaligned<int>(in bytes[position]);
        return BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value);
    }

    public static ulong ReadUInt64(ReadOnlySpan<byte> bytes, int position)
    {
        _ = bytes[position + sizeof(ulong) - 1];
        ulong value = Unsafe.ReadUnaligned<ulong>(in bytes[position]);
        return BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value);
    }
}
