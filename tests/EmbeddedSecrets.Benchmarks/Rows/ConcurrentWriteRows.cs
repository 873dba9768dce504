using System.Text;
using EmbeddedSecrets.Benchmarks.Fixtures;
using EmbeddedSecrets.Benchmarks.Measuring;
using EmbeddedSecrets.Benchmarks.Peers;

namespace EmbeddedSecrets.Benchmarks.Rows;

/// <summary>Durable puts of 1 KiB by 8 and 64 writers (W2). Each writer has names of its own, so that no put meets a conflict.</summary>
internal static class ConcurrentWriteRows
{
    private const int Size = 1024;
    private const string NoVersions = "no versions; envelope sealed by the application";

    public static void Run(RowContext context)
    {
        if (!context.Wants("W2-8-sqlite", "W2-64-sqlite", "W2-64-batched", "W2-64-rocksdb"))
        {
            return;
        }

        // Enough that they have few versions at the end, as the peers keep one.
        string[] names = Corpus.Names(context.Scaled(25_600, 12_800));
        byte[][] keys = [.. names.Select(Encoding.UTF8.GetBytes)];
        byte[] value = Corpus.Value(Size);
        using SecretStore store = Workspace.Open(context.Workspace.NewPlace("store"));
        Corpus.Fill(store, names, value);
        using var memory = new SecretStore(new InMemorySecretRepository(), new KeyRing(RootKey.FromBytes(Corpus.Value(32))));
        Corpus.Fill(memory, names, value);
        using var sqlite = new SqlitePeer(context.Workspace.NewDirectory("sqlite"));
        using var batched = new SqlitePeer(context.Workspace.NewDirectory("batched"));
        using var batching = new Batching<(string, byte[])>(batched.WriteAll);
        using var raw = new RawAppend(context.Workspace.NewDirectory("raw"));
        using var appending = new Batching<byte[]>(frames => raw.Append(frames));
        byte[] index = Corpus.Value(WriteRows.SealedIndex);
        byte[] record = Corpus.Value(WriteRows.SealedRecord);
        using var rocksDb = new RocksDbPeer(context.Workspace.NewDirectory("rocksdb"));

        foreach (int writers in (ReadOnlySpan<int>)[8, 64])
        {
            var envelopes = Enumerable.Range(0, writers).Select(static _ => new ReferenceEnvelope()).ToArray();
            var bound = Enumerable.Range(0, writers).Select(static _ => new BoundEnvelope()).ToArray();
            int few = context.Scaled(1_280, 640) / writers;
            int many = context.Scaled(12_800, 6_400) / writers;
            int Place(int worker, int i) => worker + (i * writers % names.Length);
            var sides = new List<Side>
            {
                new("store", () => Clock.Tasks(writers, many, (worker, i) => Corpus.PutAsync(store, names[Place(worker, i)], value))),
                new("sqlite", () => Clock.Threads(writers, few, (worker, i) => sqlite.Write(names[Place(worker, i)], envelopes[worker].Seal(value)))),
                new("sqlite connections", () => SqliteWriters.Run(sqlite.Text, writers, few, (worker, i) => (names[Place(worker, i)], envelopes[worker].Seal(value)))),
            };
            sides.Add(new("sealed", () => Clock.Tasks(writers, many, (worker, i) =>
                appending.WriteAsync(bound[worker].SealPut(value, record, index).ToArray()))));
            if (writers == 64)
            {
                sides.Add(new("memory", () => Clock.Tasks(writers, many, (worker, i) => Corpus.PutAsync(memory, names[Place(worker, i)], value))));
                sides.Add(new("batched", () => Clock.Tasks(writers, many, (worker, i) => batching.WriteAsync((names[Place(worker, i)], envelopes[worker].Seal(value))))));
                sides.Add(new("rocksdb", () => Clock.Threads(writers, many, (worker, i) => rocksDb.Write(keys[Place(worker, i)], envelopes[worker].Seal(value)))));
            }

            Rounds rounds = Rounds.Run(context.Rounds, context.Options.WarmUp, sides);
            context.Table.Tell($"W2-{writers} (for each writer)", rounds);
            context.Add($"W2-{writers}-sqlite", rounds.RatioOf("sqlite", "store"), Goal.AtLeast(writers == 8 ? 4 : 12), "one connection, writers take turns; " + NoVersions, rounds.MedianOf("store"));
            context.Add($"W2-{writers}-sqlite-connections", rounds.RatioOf("sqlite connections", "store"), Goal.None, "a connection for each writer; " + NoVersions, rounds.MedianOf("store"));
            context.Add($"W2-{writers}-sqlite-sealed", rounds.RatioOf("sqlite", "sealed"), Goal.None, "SQLite as above, against a batched append of the four encryptions of a put and nothing of the store", rounds.MedianOf("sealed"));
            if (writers == 64)
            {
                context.Add("W2-64-batched", rounds.RatioOf("batched", "store"), Goal.AtLeast(2.2), "SQLite, transactions of all who wait; " + NoVersions, rounds.MedianOf("store"));
                context.Add("W2-64-batched-sealed", rounds.RatioOf("batched", "sealed"), Goal.None, "the same against the batched SQLite", rounds.MedianOf("sealed"));
                context.Add("W2-64-rocksdb-sealed", rounds.RatioOf("rocksdb", "sealed"), Goal.None, "the same against RocksDB", rounds.MedianOf("sealed"));
                context.Add("W2-64-memory", rounds.RatioOf("memory", "store"), Goal.None, "the same puts into the repository in memory: what the processor alone takes", rounds.MedianOf("memory"));
                context.Add("W2-64-rocksdb", rounds.RatioOf("rocksdb", "store"), Goal.AtLeast(3), "its own group commit; " + NoVersions, rounds.MedianOf("store"));
            }
        }
    }
}
