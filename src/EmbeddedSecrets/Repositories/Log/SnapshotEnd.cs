using System.Buffers.Binary;

namespace EmbeddedSecrets.Repositories.Log;

/// <summary>
/// The index of the frame that ends a snapshot, 48 bytes, little endian:
/// <code>change sequence 8 | epoch 8 | tag of the last batch or epoch before it 16 | number of records 8 | number of payloads 8</code>
/// </summary>
internal readonly record struct SnapshotEnd(long Sequence, long Epoch, UniqueId HeadTag, long RecordCount, long PayloadCount)
{
    public const int Size = 48;

    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteInt64LittleEndian(destination, Sequence);
        BinaryPrimitives.WriteInt64LittleEndian(destination[8..], Epoch);
        HeadTag.CopyTo(destination[16..]);
        BinaryPrimitives.WriteInt64LittleEndian(destination[32..], RecordCount);
        BinaryPrimitives.WriteInt64LittleEndian(destination[40..], PayloadCount);
    }

    public static bool TryRead(ReadOnlySpan<byte> bytes, out SnapshotEnd end)
    {
        end = default;
        if (bytes.Length != Size)
        {
            return false;
        }

        end = new SnapshotEnd(
            BinaryPrimitives.ReadInt64LittleEndian(bytes),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]),
            UniqueId.Read(bytes[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[32..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[40..]));
        return end is { Sequence: >= 0 and <= LogState.MaxNumber, Epoch: >= 0 };
    }
}
