namespace EmbeddedSecrets.Benchmarks.Reporting;

/// <summary>The rows in words, in the order of DESIGN section 8.</summary>
internal static class RowCatalog
{
    private static readonly RowText[] Rows =
    [
        new("R1-64", "read by name, 64 B, against dictionary lookup + envelope open"),
        new("R1-64-bound", "the limit with associated data and key commitment, 64 B, against dictionary lookup + envelope open"),
        new("R1-64-answer", "the limit with associated data, key commitment, a clock and a result that owns its value, 64 B, against dictionary lookup + envelope open"),
        new("R1-64-few", "the same by 20 names in the place of 10,000"),
        new("R1-64-few-bound", "the limit with associated data and key commitment, the same by 20 names"),
        new("R1-64-few-answer", "the limit with associated data, key commitment, a clock and a result that owns its value, the same by 20 names"),
        new("R1-1024", "read by name, 1 KiB, against dictionary lookup + envelope open"),
        new("R1-1024-bound", "the limit with associated data and key commitment, 1 KiB, against dictionary lookup + envelope open"),
        new("R1-1024-few", "the same by 20 names in the place of 10,000"),
        new("R1-1024-few-bound", "the limit with associated data and key commitment, the same by 20 names"),
        new("R1-30720", "read by name, 30,720 B, against dictionary lookup + envelope open"),
        new("R1-30720-bound", "the limit with associated data and key commitment, 30,720 B, against dictionary lookup + envelope open"),
        new("R1-2threads", "read by name, 1 KiB, 2 threads, against dictionary lookup + envelope open in 2 threads"),
        new("R1-2threads-bound", "the limit with associated data and key commitment, 1 KiB, 2 threads, against dictionary lookup + envelope open in 2 threads"),
        new("R1p", "read by name, 1 KiB, nothing cached but the index, against two file reads + record open + envelope open"),
        new("R1p-bound", "the limit with associated data and key commitment, 1 KiB, against two file reads + record open + envelope open"),
        new("R2-64", "read by name with cached data keys, 64 B, against dictionary lookup + envelope open"),
        new("R2-64-bound", "dictionary lookup + open of the value alone with associated data and key commitment, 64 B, against dictionary lookup + envelope open"),
        new("R2-1024", "read by name with cached data keys, 1 KiB, against dictionary lookup + envelope open"),
        new("R2-1024-bound", "dictionary lookup + open of the value alone with associated data and key commitment, 1 KiB, against dictionary lookup + envelope open"),
        new("R2-1024-few", "the same by 20 names in the place of 10,000"),
        new("R2-1024-few-bound", "dictionary lookup + open of the value alone with associated data and key commitment, the same by 20 names"),
        new("R2-30720", "read by name with cached data keys, 30,720 B, against dictionary lookup + envelope open"),
        new("R2-30720-bound", "dictionary lookup + open of the value alone with associated data and key commitment, 30,720 B, against dictionary lookup + envelope open"),
        new("R3-64", "allocation of a read of 64 B, beside the result objects", "B"),
        new("R3-1024", "allocation of a read of 1 KiB, beside the result objects", "B"),
        new("R3-30720", "allocation of a read of 30,720 B, beside the result objects", "B"),
        new("R4-sqlite-prepared", "SQLite (prepared) + envelope open, 1 KiB, against read by name"),
        new("R4-sqlite-pooled", "SQLite (pooled) + envelope open, 1 KiB, against read by name"),
        new("R4-litedb", "LiteDB (encrypted), 1 KiB, against read by name"),
        new("R4-rocksdb", "RocksDB + envelope open, 1 KiB, against read by name"),
        new("R4-dataprotection", "DataProtection AES-GCM unprotect, 1 KiB, against read of one hot name"),
        new("W1-raw", "raw preallocated append + flush, 1 KiB, against durable put"),
        new("W1-sealed", "raw append + flush, 1 KiB, against the same with the four encryptions and the bytes of a put"),
        new("W1-sqlite", "SQLite (WAL, FULL) + envelope seal, 1 KiB, against durable put"),
        new("W1-sqlite-sealed", "SQLite (WAL, FULL) + envelope seal, 1 KiB, against raw append + flush of the four encryptions and the bytes of a put"),
        new("W1-file", "a file per secret + envelope seal, 1 KiB, against durable put"),
        new("W1-file-sealed", "a file per secret + envelope seal, 1 KiB, against raw append + flush of the four encryptions and the bytes of a put"),
        new("W1-tags", "raw append + flush, 1 KiB, against durable put of a secret with 20 tags"),
        new("W1-tags-sealed", "raw append + flush, 1 KiB, against the same with the four encryptions and the bytes of a put with 20 tags"),
        new("W1-policy", "raw append + flush, 1 KiB, against durable put of a secret with 20 tags and a full policy"),
        new("W1-policy-sealed", "raw append + flush, 1 KiB, against the same with the four encryptions and the bytes of a put with 20 tags and ten versions"),
        new("W1-ring", "raw append + flush, 1 KiB, against durable put of a secret with 10 versions"),
        new("W1-others", "durable put alone, 1 KiB, against durable put while another process has the store open"),
        new("W2-8-sqlite", "SQLite (WAL, FULL), 8 writers on one connection, 1 KiB, against durable put by 8 writers"),
        new("W2-8-sqlite-sealed", "SQLite (WAL, FULL), 8 writers on one connection, 1 KiB, against a batched append of the four encryptions and the bytes of a put"),
        new("W2-8-sqlite-ring", "SQLite (WAL, FULL), 8 writers on one connection, 1 KiB, against durable put by 8 writers, 10 versions in every secret"),
        new("W2-8-sqlite-connections", "SQLite (WAL, FULL), 8 writers with connections of their own, 1 KiB, against durable put by 8 writers"),
        new("W2-64-sqlite", "SQLite (WAL, FULL), 64 writers on one connection, 1 KiB, against durable put by 64 writers"),
        new("W2-64-sqlite-sealed", "SQLite (WAL, FULL), 64 writers on one connection, 1 KiB, against a batched append of the four encryptions and the bytes of a put"),
        new("W2-64-sqlite-ring", "SQLite (WAL, FULL), 64 writers on one connection, 1 KiB, against durable put by 64 writers, 10 versions in every secret"),
        new("W2-64-sqlite-connections", "SQLite (WAL, FULL), 64 writers with connections of their own, 1 KiB, against durable put by 64 writers"),
        new("W2-64-batched", "SQLite, batched by the application, 64 writers, 1 KiB, against durable put by 64 writers"),
        new("W2-64-batched-sealed", "SQLite, batched by the application, 64 writers, 1 KiB, against a batched append of the four encryptions and the bytes of a put"),
        new("W2-64-memory", "put by 64 writers into the repository in memory, 1 KiB, against durable put by 64 writers"),
        new("W2-64-rocksdb", "RocksDB (sync), 64 writers, 1 KiB, against durable put by 64 writers"),
        new("W2-64-rocksdb-sealed", "RocksDB (sync), 64 writers, 1 KiB, against a batched append of the four encryptions and the bytes of a put"),
        new("W3-1", "flushes a put, 1 writer", "flushes"),
        new("W3-64", "flushes a put, 64 writers", "flushes"),
        new("W4-throughput", "puts a second of 4 processes with 16 writers each, against one process with 64"),
        new("W4-fairness", "puts a second of the slowest of 4 processes, against the fastest"),
        new("W4-p99", "durable put, 4 processes with 16 writers each, 99th percentile of the worst process", "ms"),
        new("O1", "open + first read in a fresh process, 10,000 secrets, against SQLite + envelope open"),
        new("O1-hardly", "open + first read in a fresh process, 100 secrets, against SQLite + envelope open with 10,000"),
        new("O1-scan", "the bytes of that opening read and decrypted, with nothing of the store, in a fresh process, against SQLite + envelope open"),
        new("O2", "open + first read in a fresh process, 100,000 secrets, against SQLite + envelope open"),
        new("O2-scan", "the bytes of that opening read and decrypted, with nothing of the store, in a fresh process, against SQLite + envelope open"),
        new("O2-memory", "memory a version, beside names and caches, 100,000 secrets", "B"),
        new("O3", "open + first read in a fresh process, 100,000 secrets, never compacted, against SQLite + envelope open"),
        new("C1-put", "put during a compaction of 100,000 secrets, 99th percentile", "ms"),
        new("C1-read", "read during a compaction of 100,000 secrets, 99.9th percentile", "ms"),
        new("C1-read-processors", "two preads and envelope opens beside two threads that compute, write and flush, 99.9th percentile", "ms"),
        new("C1-read-longest", "read during a compaction of 100,000 secrets, longest", "ms"),
        new("A1-read", "read with an audit file flushed for every record, 1 KiB, against read without"),
        new("A1-read-unflushed", "read with an audit file that is not flushed, 1 KiB, against read without"),
        new("A1-put", "durable put with an audit file flushed for every record, 1 KiB, against durable put without"),
    ];

    /// <summary>Gets the words of a row; a row that is not described goes by its note.</summary>
    public static RowText Find(string id, string note) => Array.Find(Rows, row => row.Id == id) ?? new RowText(id, note);

    /// <summary>Where a row stands; what is not described comes last.</summary>
    public static int PlaceOf(string id)
    {
        int place = Array.FindIndex(Rows, row => row.Id == id);
        return place < 0 ? Rows.Length : place;
    }
}
