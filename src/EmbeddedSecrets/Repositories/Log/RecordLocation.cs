using System.Buffers.Binary;

namespace EmbeddedSecrets.Repositories.Log;

/// <summary>Where a sealed record stands in the log, and its state.</summary>
internal readonly struct RecordLocation(RecordStamp stamp, long offset, int length)
{
    /// <summary>The length in bytes, as the index in memory keeps it.</summary>
    public const int Size = UniqueId.Length + sizeof(long) + PayloadLocation.Size;

    public readonly RecordStamp Stamp = stamp;
    public readonly long Offset = offset;
    public readonly int Length = length;

    public static RecordLocation Read(ReadOnlySpan<byte> bytes)
    {
        var stamp = new RecordStamp(UniqueId.Read(bytes), BinaryPrimitives.ReadInt64LittleEndian(bytes[UniqueId.Length..]));
        var place = PayloadLocation.Read(bytes[(UniqueId.Length + sizeof(long))..]);
        return new RecordLocation(stamp, place.Offset, place.Length);
    }

    public void Write(Span<byte> bytes)
    {
        Stamp.Incarnation.CopyTo(bytes);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[UniqueId.Length..], Stamp.Revision);
        new PayloadLocation(Offset, Length).Write(bytes[(UniqueId.Length + sizeof(long))..]);
    }
}

/// <summary>Where a sealed payload stands in the log.</summary>
internal readonly struct PayloadLocation(long offset, int length)
{
    /// <summary>The length in bytes, as the index in memory keeps it.</summary>
    public const int Size = sizeof(long) + sizeof(int);

    public readonly long Offset = offset;
    public readonly int Length = length;

    public static PayloadLocation Read(ReadOnlySpan<byte> bytes) =>
        new(BinaryPrimitives.ReadInt64LittleEndian(bytes), BinaryPrimitives.ReadInt32LittleEndian(bytes[sizeof(long)..]));

    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteInt64LittleEndian(bytes, Offset);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[sizeof(long)..], Length);
    }
}
