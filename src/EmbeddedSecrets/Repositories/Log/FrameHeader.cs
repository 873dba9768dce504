using System.Buffers.Binary;
using EmbeddedSecrets.Buffers;

namespace EmbeddedSecrets.Repositories.Log;

/// <summary>
/// The clear header of a frame, 80 bytes, little endian, at a multiple of 8:
/// <code>
/// 0   magic           4   "ESSf"
/// 4   kind            1   see <see cref="FrameKind"/>
/// 5   reserved        3   zero
/// 8   frame length    4   a multiple of 8
/// 12  header length   4   0 or 24 + the content of a repository header
/// 16  index length    4   the sealed index
/// 20  body length     4   sealed records and payloads
/// 24  generation      8
/// 32  sequence        8   of the frame
/// 40  own offset      8
/// 48  flushed to      8   the durable end when it was written
/// 56  previous tag   16   of the index of the frame before
/// 72  rest checksum   4   CRC-32C of everything behind the clear header; of a snapshot without its body
/// 76  checksum        4   CRC-32C of the bytes before
/// 80  header part, sealed index, body, zeros up to the frame length
/// </code>
/// </summary>
internal readonly record struct FrameHeader
{
    public const int Size = 80;
    public const int TagLength = 16;

    /// <summary>How many bytes of the clear header the associated data of the index covers: all but the checksums.</summary>
    public const int AuthenticatedSize = 72;

    public const int MaxFrameLength = 128 << 20;

    public const uint Magic = 0x66535345;

    private const int ChecksumOffset = 76;

    public required FrameKind Kind { get; init; }

    public required int HeaderLength { get; init; }

    public required int IndexLength { get; init; }

    public required int BodyLength { get; init; }

    public required long Generation { get; init; }

    public required long Sequence { get; init; }

    public required long Offset { get; init; }

    public required long FlushedTo { get; init; }

    public required UniqueId PreviousTag { get; init; }

    public uint RestChecksum { get; init; }

    public int FrameLength => (Size + HeaderLength + IndexLength + BodyLength + 7) & ~7;

    public int IndexStart => Size + HeaderLength;

    /// <summary>Gets how many bytes from the beginning of the frame its checksums cover. The body of a snapshot was on the disk before its log counted, and is not read at opening.</summary>
    public int CheckedLength => Kind == FrameKind.Snapshot ? BodyStart : FrameLength;

    public int BodyStart => Size + HeaderLength + IndexLength;

    /// <summary>Writes the header into the beginning of its frame, whose rest stands there already, with both checksums.</summary>
    public void Write(Span<byte> frame)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(frame, Magic);
        frame[4..8].Clear();
        frame[4] = (byte)Kind;
        BinaryPrimitives.WriteInt32LittleEndian(frame[8..], FrameLength);
        BinaryPrimitives.WriteInt32LittleEndian(frame[12..], HeaderLength);
        BinaryPrimitives.WriteInt32LittleEndian(frame[16..], IndexLength);
        BinaryPrimitives.WriteInt32LittleEndian(frame[20..], BodyLength);
        BinaryPrimitives.WriteInt64LittleEndian(frame[24..], Generation);
        BinaryPrimitives.WriteInt64LittleEndian(frame[32..], Sequence);
        BinaryPrimitives.WriteInt64LittleEndian(frame[40..], Offset);
        BinaryPrimitives.WriteInt64LittleEndian(frame[48..], FlushedTo);
        PreviousTag.CopyTo(frame[56..]);
    }

    /// <summary>Writes both checksums into a frame of which they cover <see cref="CheckedLength"/> bytes.</summary>
    public static void WriteChecksums(Span<byte> frame, int checkedLength)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(frame[AuthenticatedSize..], Checksum.Of(frame[Size..checkedLength]));
        BinaryPrimitives.WriteUInt32LittleEndian(frame[ChecksumOffset..], Checksum.Of(frame[..ChecksumOffset]));
    }

    /// <summary>Whether 80 bytes begin like a clear header and carry its checksum.</summary>
    public static bool HasChecksum(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= Size
        && BinaryPrimitives.ReadUInt32LittleEndian(bytes) == Magic
        && BinaryPrimitives.ReadUInt32LittleEndian(bytes[ChecksumOffset..]) == Checksum.Of(bytes[..ChecksumOffset]);

    /// <summary>Reads a clear header whose checksum is right; false when its fields contradict each other.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out FrameHeader header)
    {
        header = default;
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]);
        uint headerLength = BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]);
        uint indexLength = BinaryPrimitives.ReadUInt32LittleEndian(bytes[16..]);
        uint bodyLength = BinaryPrimitives.ReadUInt32LittleEndian(bytes[20..]);
        if (length > MaxFrameLength || headerLength > MaxFrameLength || indexLength > MaxFrameLength || bodyLength > MaxFrameLength)
        {
            return false;
        }

        header = new FrameHeader
        {
            Kind = (FrameKind)bytes[4],
            HeaderLength = (int)headerLength,
            IndexLength = (int)indexLength,
            BodyLength = (int)bodyLength,
            Generation = BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]),
            Sequence = BinaryPrimitives.ReadInt64LittleEndian(bytes[32..]),
            Offset = BinaryPrimitives.ReadInt64LittleEndian(bytes[40..]),
            FlushedTo = BinaryPrimitives.ReadInt64LittleEndian(bytes[48..]),
            PreviousTag = UniqueId.Read(bytes[56..]),
            RestChecksum = BinaryPrimitives.ReadUInt32LittleEndian(bytes[AuthenticatedSize..]),
        };
        return header.Kind is >= FrameKind.Batch and <= FrameKind.Epoch
            && bytes[5..8].IndexOfAnyExcept((byte)0) < 0
            && header.FrameLength == length
            && header.FlushedTo >= 0
            && header.FlushedTo <= header.Offset;
    }
}
