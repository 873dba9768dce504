using System.Security.Cryptography;

namespace EmbeddedSecrets.Repositories.Log;

/// <summary>
/// Seals and opens the index of a frame. Its associated data bind it to its place: domain byte, store id, the clear header
/// up to its checksums, and the SHA-256 of the header part if there is one.
/// </summary>
internal sealed class FrameSeal(IStoreProtector protector, UniqueId storeId)
{
    private const byte Domain = 0x20;
    private const int FixedLength = 1 + 16 + FrameHeader.AuthenticatedSize;

    public UniqueId StoreId => storeId;

    public int Overhead => protector.Overhead;

    /// <summary>Seals into the frame, whose clear header (without checksums) and header part stand there already.</summary>
    /// <returns>The tag, to which the next frame is chained.</returns>
    public UniqueId Seal(in FrameHeader header, ReadOnlySpan<byte> index, Span<byte> frame)
    {
        Span<byte> associatedData = stackalloc byte[FixedLength + SHA256.HashSizeInBytes];
        int length = WriteAssociatedData(header, frame, associatedData);
        protector.Seal(index, associatedData[..length], frame.Slice(header.IndexStart, header.IndexLength));
        return Tag(header, frame);
    }

    /// <summary>Returns the index, or null where it is not authentic in this place.</summary>
    public byte[]? TryOpen(in FrameHeader header, ReadOnlySpan<byte> frame)
    {
        byte[] index = [];
        return TryOpen(header, frame, ref index, out _) ? index : null;
    }

    /// <summary>Opens the index into room that is used again for the next one, and made anew where it is too small. False where the index is not authentic in this place.</summary>
    public bool TryOpen(scoped in FrameHeader header, scoped ReadOnlySpan<byte> frame, ref byte[] room, out ReadOnlySpan<byte> index)
    {
        index = default;
        int indexLength = header.IndexLength - protector.Overhead;
        if (indexLength < 0)
        {
            return false;
        }

        if (room.Length < indexLength)
        {
            room = new byte[indexLength];
        }

        Span<byte> associatedData = stackalloc byte[FixedLength + SHA256.HashSizeInBytes];
        int length = WriteAssociatedData(header, frame, associatedData);
        index = room.AsSpan(0, indexLength);
        return protector.TryOpen(frame.Slice(header.IndexStart, header.IndexLength), associatedData[..length], room.AsSpan(0, indexLength));
    }

    public static UniqueId Tag(in FrameHeader header, ReadOnlySpan<byte> frame) =>
        UniqueId.Read(frame[(header.BodyStart - FrameHeader.TagLength)..]);

    private int WriteAssociatedData(in FrameHeader header, ReadOnlySpan<byte> frame, Span<byte> destination)
    {
        destination[0] = Domain;
        storeId.CopyTo(destination[1..]);
        frame[..FrameHeader.AuthenticatedSize].CopyTo(destination[17..]);
        return header.HeaderLength == 0
            ? FixedLength
            : FixedLength + SHA256.HashData(frame.Slice(FrameHeader.Size, header.HeaderLength), destination[FixedLength..]);
    }
}
