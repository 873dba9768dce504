using System.Buffers.Binary;
using EmbeddedSecrets.Repositories.Log;

namespace EmbeddedSecrets.Fuzz.Targets;

/// <summary>Logs as the repository writes them, without authentication.</summary>
internal static class LogSeeds
{
    public const byte Raw = 0;
    public const byte RepairsChecksums = 1;
    public const byte RepairsChain = 2;
    public const byte Writes = 4;

    public static readonly UniqueId StoreId = new(0x0102030405060708, 0x090a0b0c0d0e0f10);

    private const byte Repaired = RepairsChecksums | RepairsChain;

    public static IEnumerable<(string Name, byte[] Bytes)> WithMode()
    {
        byte[] open = Write(closes: false, compacts: false);
        byte[] closed = Write(closes: true, compacts: false);
        byte[] compacted = Write(closes: true, compacts: true);
        return
        [
            ("raw", [Raw, .. closed]), ("open", [Repaired, .. open]), ("closed", [Repaired, .. closed]), ("compacted", [Repaired, .. compacted]),
            ("checksums", [RepairsChecksums, .. closed]), ("torn", [Raw, .. open[..^24]]), ("tail", [Raw, .. open, 1, 2, 3, 4, 5, 6, 7, 8]),
            ("last-sequence", [Repaired | Writes, .. WithSnapshotSequence(compacted, long.MaxValue)]),
            ("last-but-one-sequence", [Repaired | Writes, .. WithSnapshotSequence(compacted, long.MaxValue - 1)]),
            ("last-revision", [Repaired, .. WithFirstRevision(closed, long.MaxValue)]),
            ("writes", [Repaired | Writes, .. open]), ("writes-compacted", [Repaired | Writes, .. compacted]),
        ];
    }

    /// <summary>The sequence at the end of the snapshot, and of the batch behind it, changed.</summary>
    private static byte[] WithSnapshotSequence(byte[] log, long sequence)
    {
        byte[] changed = [.. log];
        for (int offset = LogFileHeader.Length; FrameHeader.TryRead(changed.AsSpan(offset), out FrameHeader header); offset += header.FrameLength)
        {
            if (header.Kind == FrameKind.SnapshotEnd)
            {
                BinaryPrimitives.WriteInt64LittleEndian(changed.AsSpan(offset + header.IndexStart + OpenProtector.Before), sequence);
                BinaryPrimitives.WriteInt64LittleEndian(changed.AsSpan(offset + header.FrameLength + FrameHeader.Size + OpenProtector.Before), unchecked(sequence + 1));
                return changed;
            }
        }

        return changed;
    }

    private static byte[] WithFirstRevision(byte[] log, long revision)
    {
        byte[] changed = [.. log];
        BinaryPrimitives.WriteInt64LittleEndian(changed.AsSpan(LogFileHeader.Length + FrameHeader.Size + 16), revision);
        return changed;
    }

    private static byte[] Write(bool closes, bool compacts)
    {
        using var directory = new MemoryLogDirectory();
        var repository = new FileSecretRepository("memory", null, () => directory);
        repository.ReadHeaderAsync().AsTask().GetAwaiter().GetResult();
        repository.StartAsync(new RepositoryHeader(StoreId, 1, new byte[] { 1, 2, 3 }), new OpenProtector()).AsTask().GetAwaiter().GetResult();
        Commit(repository, Put("db/a", default, 1, new UniqueId(0, 7)), Put("b", default, 1, new UniqueId(0, 8)));
        Commit(repository, Put("db/a", new RecordStamp(new UniqueId(0, 9), 1), 2, new UniqueId(0, 9), new UniqueId(0, 7)));
        Commit(repository, new RepositoryChange { Name = "b", Expected = new RecordStamp(new UniqueId(0, 9), 1), Record = null, DroppedPayloads = [new UniqueId(0, 8)] });
        Commit(repository, 2, Put("c", default, 1, new UniqueId(0, 10)));
        if (compacts)
        {
            repository.CompactAsync().AsTask().GetAwaiter().GetResult();
            Commit(repository, Put("d", default, 1, new UniqueId(0, 11)));
        }

        byte[] log = directory.Newest;
        if (closes)
        {
            repository.DisposeAsync().AsTask().GetAwaiter().GetResult();
            log = directory.Newest;
        }

        // Compaction made the second generation; here there is always the first one.
        FrameRepair.Repair(log, chain: true);
        return log;
    }

    private static RepositoryChange Put(string name, RecordStamp expected, long revision, UniqueId payload, params UniqueId[] dropped) => new()
    {
        Name = name,
        Expected = expected,
        Record = new RepositoryRecord(name, new RecordStamp(new UniqueId(0, 9), revision), Enumerable.Repeat((byte)payload.Lower, 20).ToArray()),
        AddedPayloads = [new RepositoryPayload(payload, Enumerable.Repeat((byte)(payload.Lower + 100), 24).ToArray())],
        DroppedPayloads = dropped,
    };

    private static void Commit(FileSecretRepository repository, params RepositoryChange[] changes) => Commit(repository, 1, changes);

    private static void Commit(FileSecretRepository repository, long newRevision, params RepositoryChange[] changes)
    {
        var commit = new RepositoryCommit
        {
            HeaderRevision = repository.CurrentHeader.Revision,
            NewHeader = newRevision > 1 ? new RepositoryHeader(StoreId, newRevision, new byte[] { 4, 5, 6, 7 }) : null,
            Changes = changes,
        };
        repository.CommitAsync(commit).AsTask().GetAwaiter().GetResult();
    }
}
