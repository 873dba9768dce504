using System.Buffers.Binary;
using System.Text;
using EmbeddedSecrets.Repositories.Log;
using EmbeddedSecrets.Tests.Repositories;

namespace EmbeddedSecrets.Tests.Faults;

/// <summary>
/// A log of frames that are sealed, chained and with right checksums, whatever stands in them: what a writer with the keys
/// could write that does not keep the rules.
/// </summary>
internal sealed class ForgedLog
{
    private readonly List<byte> _bytes = [];
    private long _sequence;
    private UniqueId _lastTag;

    public ForgedLog()
    {
        byte[] start = new byte[LogFileHeader.Length];
        LogFileHeader.Write(start);
        _bytes.AddRange(start);
    }

    public static FrameSeal Seal { get; } = new(new FixedKeyProtector(), Samples.StoreId);

    public byte[] Bytes => [.. _bytes];

    /// <summary>The first frame of every store: an empty batch with the header of the samples.</summary>
    public static ForgedLog Begun() => new ForgedLog().Append(FrameKind.Batch, Number(1L), HeaderPartOf(1));

    public ForgedLog Append(FrameKind kind, byte[] index, byte[]? headerPart = null, byte[]? body = null, byte filling = 0, long generation = 1, int skipped = 0, UniqueId? previousTag = null)
    {
        headerPart ??= [];
        body ??= [];
        var header = new FrameHeader
        {
            Kind = kind,
            HeaderLength = headerPart.Length,
            IndexLength = index.Length + Seal.Overhead,
            BodyLength = body.Length,
            Generation = generation,
            Sequence = _sequence += 1 + skipped,
            Offset = _bytes.Count,
            FlushedTo = _bytes.Count,
            PreviousTag = previousTag ?? _lastTag,
        };
        byte[] frame = new byte[header.FrameLength];
        headerPart.CopyTo(frame, FrameHeader.Size);
        body.CopyTo(frame, header.BodyStart);
        frame.AsSpan(header.BodyStart + body.Length).Fill(filling);
        header.Write(frame);
        _lastTag = Seal.Seal(header, index, frame);
        FrameHeader.WriteChecksums(frame, header.CheckedLength);
        _bytes.AddRange(frame);
        return this;
    }

    public static byte[] Number(long value)
    {
        byte[] bytes = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        return bytes;
    }

    public static byte[] Number(int value)
    {
        byte[] bytes = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        return bytes;
    }

    public static byte[] HeaderPartOf(long revision, UniqueId? storeId = null)
    {
        byte[] part = new byte[24 + 4];
        HeaderPart.Write(new RepositoryHeader(storeId ?? Samples.StoreId, 1, Samples.Header(Math.Max(1, revision)).Content.ToArray()), part);
        BinaryPrimitives.WriteInt64LittleEndian(part.AsSpan(16), revision);
        return part;
    }

    /// <summary>The change of a batch that puts a record which stands in the body at an offset, without payloads.</summary>
    public static byte[] Put(byte[] body, string name = "n", long revision = 1, ulong incarnation = 9, int offset = 0, int? length = null, byte kind = BatchWriter.PutKind) =>
        [kind, (byte)name.Length, .. Encoding.Latin1.GetBytes(name), .. Id(incarnation), .. Number(revision), .. Place(body, offset, length), 0, 0, 0, 0];

    /// <summary>The entry of a snapshot with a record.</summary>
    public static byte[] Entry(byte[] body, byte kind = SnapshotWriter.RecordKind) => [kind, 1, (byte)'n', .. Id(9), .. Number(1L), .. Place(body, 0, null)];

    private static byte[] Place(byte[] body, int offset, int? length) => [.. Number(offset), .. Number(length ?? body.Length), .. body[^BatchWriter.TagLength..]];

    private static byte[] Id(ulong value) => [.. BitConverter.GetBytes(value), .. new byte[8]];
}
