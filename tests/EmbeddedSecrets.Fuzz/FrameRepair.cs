using System.Buffers.Binary;
using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Repositories.Log;

namespace EmbeddedSecrets.Fuzz;

/// <summary>Makes checksums right again, and on request the chain, so that a changed byte is not stopped at the first door.</summary>
internal static class FrameRepair
{
    private const int FileChecksumOffset = 12;
    private const int FrameLengthOffset = 8;
    private const int GenerationOffset = 24;
    private const int SequenceOffset = 32;
    private const int OwnOffset = 40;
    private const int FlushedToOffset = 48;
    private const int PreviousTagOffset = 56;

    public static void Repair(Span<byte> log, bool chain)
    {
        if (log.Length < LogFileHeader.Length)
        {
            return;
        }

        BinaryPrimitives.WriteUInt32LittleEndian(log[FileChecksumOffset..], Checksum.Of(log[..FileChecksumOffset]));
        UniqueId previousTag = new UniqueId(0, 0);
        long sequence = 0;
        int offset = LogFileHeader.Length;
        while (log.Length - offset >= FrameHeader.Size && BinaryPrimitives.ReadUInt32LittleEndian(log[offset..]) == FrameHeader.Magic)
        {
            Span<byte> frame = log[offset..];
            if (chain)
            {
                Chain(frame, offset, ++sequence, previousTag);
            }

            FrameHeader.WriteChecksums(frame, FrameHeader.Size);
            if (!FrameHeader.TryRead(frame, out FrameHeader header) || header.FrameLength > frame.Length)
            {
                return;
            }

            FrameHeader.WriteChecksums(frame, header.CheckedLength);
            previousTag = FrameSeal.Tag(header, frame);
            offset += header.FrameLength;
        }
    }

    private static void Chain(Span<byte> frame, int offset, long sequence, UniqueId previousTag)
    {
        const uint Longest = FrameHeader.MaxFrameLength;
        uint header = BinaryPrimitives.ReadUInt32LittleEndian(frame[12..]);
        uint index = BinaryPrimitives.ReadUInt32LittleEndian(frame[16..]);
        uint body = BinaryPrimitives.ReadUInt32LittleEndian(frame[20..]);
        if (header <= Longest && index <= Longest && body <= Longest)
        {
            uint content = FrameHeader.Size + header + index + body;
            uint length = (content + 7) & ~7u;
            BinaryPrimitives.WriteUInt32LittleEndian(frame[FrameLengthOffset..], length);
            if (length <= frame.Length)
            {
                frame[(int)content..(int)length].Clear();
            }
        }

        BinaryPrimitives.WriteInt64LittleEndian(frame[GenerationOffset..], 1);
        BinaryPrimitives.WriteInt64LittleEndian(frame[SequenceOffset..], sequence);
        BinaryPrimitives.WriteInt64LittleEndian(frame[OwnOffset..], offset);
        previousTag.CopyTo(frame[PreviousTagOffset..]);
        if (BinaryPrimitives.ReadInt64LittleEndian(frame[FlushedToOffset..]) > offset)
        {
            BinaryPrimitives.WriteInt64LittleEndian(frame[FlushedToOffset..], offset);
        }
    }
}
