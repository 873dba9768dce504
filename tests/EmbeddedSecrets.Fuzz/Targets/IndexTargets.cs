using System.Buffers.Binary;
using EmbeddedSecrets.Repositories.Log;

namespace EmbeddedSecrets.Fuzz.Targets;

/// <summary>The parts of a frame. What is read is written again and read again, and must be the same.</summary>
internal static class IndexTargets
{
    private const int MaxBody = 1 << 16;
    private const long BodyOffset = 1000;

    public static IEnumerable<FuzzTarget> All =>
    [
        new("batch-index", Batch, BatchSeeds),
        new("snapshot-index", Snapshot, SnapshotSeeds),
        new("snapshot-end", End, EndSeeds),
        new("header-part", Header, HeaderSeeds),
    ];

    /// <summary>Input: length of the index 2, index, body.</summary>
    private static void Batch(byte[] input)
    {
        if (input.Length < 2)
        {
            return;
        }

        int length = Math.Min(BinaryPrimitives.ReadUInt16LittleEndian(input), input.Length - 2);
        ReadOnlySpan<byte> body = input.AsSpan(2 + length);
        LogIndex index = NewIndex();
        long first = length >= 8 ? BinaryPrimitives.ReadInt64LittleEndian(input.AsSpan(2)) : 1;
        long start = Math.Max(1, first) - 1;
        long sequence = start;
        if (!BatchReader.TryApply(input.AsSpan(2, length), body, BodyOffset, index, ref sequence))
        {
            return;
        }

        FuzzTarget.Require(sequence >= start && sequence < long.MaxValue, "A sequence never goes back, and there is a next one.");
        CheckPlaces(index, body.Length);
        if (index.LiveBytes > MaxBody || index.PayloadCount > short.MaxValue)
        {
            return;
        }

        byte[] bytes = body.ToArray();
        var writer = new BatchWriter();
        writer.Begin(1);
        foreach (RepositoryChange change in Changes(index, bytes))
        {
            writer.Add(new RepositoryCommit { HeaderRevision = 1, Changes = [change] });
        }

        LogIndex again = NewIndex();
        long zero = 0;
        FuzzTarget.Require(BatchReader.TryApply(writer.Index, writer.Body, BodyOffset, again, ref zero), "What the writer writes, the reader reads.");
        RequireSame(index, again);
    }

    private static IEnumerable<RepositoryChange> Changes(LogIndex index, byte[] body)
    {
        ReadOnlyMemory<byte> At(long offset, int length) => body.AsMemory((int)(offset - BodyOffset), length);
        foreach ((string name, RecordLocation record) in index.Records)
        {
            yield return new RepositoryChange { Name = name, Expected = default, Record = new RepositoryRecord(name, record.Stamp, At(record.Offset, record.Length)) };
        }

        foreach ((UniqueId id, PayloadLocation payload) in index.Payloads)
        {
            string other = Enumerable.Range(0, int.MaxValue).Select(static number => $"n{number}").First(name => !index.TryFind(name, out _));
            yield return new RepositoryChange { Name = other, Expected = default, Record = null, AddedPayloads = [new RepositoryPayload(id, At(payload.Offset, payload.Length))] };
        }
    }

    /// <summary>Input: length of the body 2, index.</summary>
    private static void Snapshot(byte[] input)
    {
        if (input.Length < 2)
        {
            return;
        }

        int bodyLength = BinaryPrimitives.ReadUInt16LittleEndian(input);
        LogIndex index = NewIndex();
        if (!SnapshotReader.TryApply(input.AsSpan(2), bodyLength, BodyOffset, index))
        {
            return;
        }

        CheckPlaces(index, bodyLength);
        if (index.LiveBytes > MaxBody)
        {
            return;
        }

        using var file = new MemoryLogFile(new byte[BodyOffset + bodyLength], "log");
        var writer = new SnapshotWriter();
        foreach ((string name, RecordLocation record) in index.Records)
        {
            writer.AddRecord(name, record, file);
        }

        foreach ((UniqueId id, PayloadLocation payload) in index.Payloads)
        {
            writer.AddPayload(id, payload, file);
        }

        LogIndex again = NewIndex();
        FuzzTarget.Require(SnapshotReader.TryApply(writer.Index, writer.Body.Length, BodyOffset, again), "What the writer writes, the reader reads.");
        RequireSame(index, again);
    }

    private static void End(byte[] input)
    {
        if (SnapshotEnd.TryRead(input, out SnapshotEnd end))
        {
            byte[] again = new byte[SnapshotEnd.Size];
            end.Write(again);
            FuzzTarget.Require(again.AsSpan().SequenceEqual(input), "An end has one form.");
        }
    }

    private static void Header(byte[] input)
    {
        if (HeaderPart.TryRead(input) is { } header)
        {
            byte[] again = new byte[HeaderPart.LengthOf(header)];
            HeaderPart.Write(header, again);
            FuzzTarget.Require(again.AsSpan().SequenceEqual(input), "A header has one form.");
        }
    }

    private static LogIndex NewIndex() => new(static _ => { });

    private static void CheckPlaces(LogIndex index, int bodyLength)
    {
        FuzzTarget.Require(
            index.Records.All(record => IsInside(record.Value.Offset, record.Value.Length)) && index.Payloads.All(payload => IsInside(payload.Value.Offset, payload.Value.Length)),
            "What an index names stands in its body.");
        FuzzTarget.Require(index.RecordCount == index.Records.Count() && index.PayloadCount == index.Payloads.Count(), "The counts are right.");

        bool IsInside(long offset, int length) => length >= BatchWriter.TagLength && offset >= BodyOffset && offset + length <= BodyOffset + bodyLength;
    }

    private static void RequireSame(LogIndex index, LogIndex again) => FuzzTarget.Require(
        index.RecordCount == again.RecordCount
            && index.PayloadCount == again.PayloadCount
            && index.LiveBytes == again.LiveBytes
            && index.Records.All(record => again.TryFind(record.Key, out RecordLocation other) && other.Stamp == record.Value.Stamp && other.Length == record.Value.Length)
            && index.Payloads.All(payload => again.TryFindPayload(payload.Key, out PayloadLocation other) && other.Length == payload.Value.Length),
        "What was written again reads the same.");

    private static IEnumerable<(string Name, byte[] Bytes)> BatchSeeds()
    {
        byte[] sealedBytes = [.. Enumerable.Range(1, 20).Select(static i => (byte)i)];
        var put = new RepositoryChange
        {
            Name = "db/a",
            Expected = default,
            Record = new RepositoryRecord("db/a", new RecordStamp(new UniqueId(0, 9), 1), sealedBytes),
            AddedPayloads = [new RepositoryPayload(new UniqueId(0, 7), sealedBytes), new RepositoryPayload(new UniqueId(0, 8), sealedBytes)],
            DroppedPayloads = [new UniqueId(0, 6)],
        };
        var remove = new RepositoryChange { Name = "b", Expected = new RecordStamp(new UniqueId(0, 9), 1), Record = null, DroppedPayloads = [new UniqueId(0, 7)] };
        yield return ("put", Pack([put]));
        yield return ("put-remove", Pack([put, remove]));
        yield return ("two-commits", Pack([put], [remove]));
        yield return ("empty", Pack());
        byte[] last = Pack([put], [remove]);
        BinaryPrimitives.WriteInt64LittleEndian(last.AsSpan(2), long.MaxValue);
        yield return ("last-sequence", last);

        static byte[] Pack(params RepositoryChange[][] commits)
        {
            var writer = new BatchWriter();
            writer.Begin(1);
            foreach (RepositoryChange[] changes in commits)
            {
                writer.Add(new RepositoryCommit { HeaderRevision = 1, Changes = changes });
            }

            byte[] input = [0, 0, .. writer.Index, .. writer.Body];
            BinaryPrimitives.WriteUInt16LittleEndian(input, (ushort)writer.Index.Length);
            return input;
        }
    }

    private static IEnumerable<(string Name, byte[] Bytes)> SnapshotSeeds()
    {
        using var file = new MemoryLogFile(new byte[200], "log");
        var writer = new SnapshotWriter();
        writer.AddRecord("db/a", new RecordLocation(new RecordStamp(new UniqueId(0, 9), 1), 0, 40), file);
        writer.AddPayload(new UniqueId(0, 7), new PayloadLocation(40, 60), file);
        yield return ("entries", [100, 0, .. writer.Index]);
        writer.AddNoRecord("db/a");
        writer.AddNoPayload(new UniqueId(0, 7));
        yield return ("removals", [100, 0, .. writer.Index]);
    }

    private static IEnumerable<(string Name, byte[] Bytes)> EndSeeds()
    {
        byte[] end = new byte[SnapshotEnd.Size];
        new SnapshotEnd(5, 0, new UniqueId(0, 77), 2, 3).Write(end);
        yield return ("end", end);
    }

    private static IEnumerable<(string Name, byte[] Bytes)> HeaderSeeds()
    {
        var header = new RepositoryHeader(LogSeeds.StoreId, 3, new byte[] { 1, 2, 3, 4 });
        byte[] part = new byte[HeaderPart.LengthOf(header)];
        HeaderPart.Write(header, part);
        yield return ("header", part);
    }
}
