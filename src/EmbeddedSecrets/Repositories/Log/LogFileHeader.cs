using System.Buffers.Binary;
using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Errors;

namespace EmbeddedSecrets.Repositories.Log;

/// <summary>
/// The first 16 bytes of a log, fixed for ever (DESIGN K13):
/// <code>
/// 0   magic      8   "ESSLOG" 0x1A 0x0A
/// 8   version    4   1
/// 12  checksum   4   CRC-32C of the bytes before
/// </code>
/// </summary>
internal static class LogFileHeader
{
    public const int Length = 16;
    public const uint Version = 1;

    private const int VersionOffset = 8;
    private const int ChecksumOffset = 12;

    private static ReadOnlySpan<byte> Magic => "ESSLOG\u001A\n"u8;

    public static void Write(Span<byte> destination)
    {
        Magic.CopyTo(destination);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[VersionOffset..], Version);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[ChecksumOffset..], Checksum.Of(destination[..ChecksumOffset]));
    }

    public static void Check(ReadOnlySpan<byte> bytes, string path)
    {
        if (bytes.Length < Length
            || !bytes[..VersionOffset].SequenceEqual(Magic)
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes[ChecksumOffset..]) != Checksum.Of(bytes[..ChecksumOffset]))
        {
            throw StoreFailures.Corrupt(path, 0);
        }

        uint version = BinaryPrimitives.ReadUInt32LittleEndian(bytes[VersionOffset..]);
        if (version != Version)
        {
            throw StoreFailures.UnsupportedFormat(path, version);
        }
    }
}
