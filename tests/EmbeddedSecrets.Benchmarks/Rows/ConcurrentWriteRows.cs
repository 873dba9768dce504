using System.Text;
using EmbeddedSecrets.Benchmarks.Fixtures;
using EmbeddedSecrets.Benchmarks.Measuring;
using EmbeddedSecrets.Benchmarks.Peers;

namespace EmbeddedSecrets.Benchmarks.Rows;

/// <summary>
/// Durable puts of 1 KiB by 8 and 64 writers (W2). Each writer has names of its own, so that no put meets a conflict, and goes
/// on by names from round to round, so that secrets have few versions, as in W1; in the rows <c>-ring</c> each has its ten.
/// </summary>
internal static class ConcurrentWriteRows
{
    private const int Size = 1024;
    private const int RingSecrets = 1_280;
    private const int RingVersions = 10;
    private const string NoVersions = "no versions; envelope sealed by the application";

    public static void Run(RowContext context)
    {
        if (!context.Wants("W2-8-sqlite", "W2-64-sqlite", "W2-64-batched", "W2-64-rocksdb"))
        {
            return;
        }

        string[] names = Corpus.Names(context.Scaled(102_400, 12_800));
        byte[] value = Corpus.Value(Size);
        RunWriters(context, 8, names, value);
        RunWriters(context, 64, names, value);
    }

    private static void RunWriters(RowContext context, int writers, string[] names, byte[] value)
    {
        byte[][] keys = [.. names.Select(Encoding.UTF8.GetBytes)];
        using SecretStore store = Workspace.Open(context.Workspace.NewPlace($"store-{writers}"));
        Corpus.Fill(store, names, value);
        string[] ringNames = names[..RingSecrets];
        using SecretStore ring = Workspace.Open(context.Workspace.NewPlace($"ring-{writers}"));
        Corpus.Fill(ring, ringNames, value);
        _ = Clock.Tasks(writers, RingVersions * RingSecrets / writers, (worker, i) => Corpus.PutAsync(ring, ringNames[Place(worker, i, writers, RingSecrets)], value));
        using var memory = new SecretStore(new InMemorySecretRepository(), new KeyRing(RootKey.FromBytes(Corpus.Value(32))));
        using var sqlite = new SqlitePeer(context.Workspace.NewDirectory($"sqlite-{writers}"));
        using var batched = new SqlitePeer(context.Workspace.NewDirectory($"batched-{writers}"));
        using var batching = new Batching<(string, byte[])>(batched.WriteAll);
        using var raw = new RawAppend(context.Workspace.NewDirectory($"raw-{writers}"));
        using var appending = new Batching<byte[]>(frames => raw.Append(frames));
        byte[] index = Corpus.Value(WriteRows.SealedIndex);
        byte[] record = Corpus.Value(WriteRows.SealedRecord);
        using var rocksDb = new RocksDbPeer(context.Workspace.NewDirectory($"rocksdb-{writers}"));
        var envelopes = Enumerable.Range(0, writers).Select(static _ => new ReferenceEnvelope()).ToArray();
        var bound = Enumerable.Range(0, writers).Select(static _ => new BoundEnvelope()).ToArray();
        int few = context.Scaled(1_280, 640) / writers;
        int many = context.Scaled(12_800, 6_400) / writers;
        Side TasksOf(string name, Func<int, int, ValueTask> put) => Going(name, many, from => Clock.Tasks(writers, many, (worker, i) => put(worker, Place(worker, from + i, writers, names.Length))));
        Side ThreadsOf(string name, int each, Action<int, int> put) => Going(name, each, from => Clock.Threads(writers, each, (worker, i) => put(worker, Place(worker, from + i, writers, names.Length))));
        var sides = new List<Side>
        {
            TasksOf("store", (_, place) => Corpus.PutAsync(store, names[place], value)),
            TasksOf("ring", (_, place) => Corpus.PutAsync(ring, ringNames[place % RingSecrets], value)),
            ThreadsOf("sqlite", few, (worker, place) => sqlite.Write(names[place], envelopes[worker].Seal(value))),
            Going("sqlite connections", few, from => SqliteWriters.Run(
                sqlite.Text, writers, few, (worker, i) => (names[Place(worker, from + i, writers, names.Length)], envelopes[worker].Seal(value)))),
            TasksOf("sealed", (worker, _) => appending.WriteAsync(bound[worker].SealPut(value, record, index).ToArray())),
        };
        if (writers == 64)
        {
            Corpus.Fill(memory, names, value);
            sides.Add(TasksOf("memory", (_, place) => Corpus.PutAsync(memory, names[place], value)));
            sides.Add(TasksOf("batched", (worker, place) => batching.WriteAsync((names[place], envelopes[worker].Seal(value)))));
            sides.Add(ThreadsOf("rocksdb", many, (worker, place) => rocksDb.Write(keys[place], envelopes[worker].Seal(value))));
        }

        Rounds rounds = Rounds.Run(context.Rounds, context.Options.WarmUp, sides);
        context.Table.Tell($"W2-{writers} (for each writer)", rounds);
        context.Add($"W2-{writers}-sqlite", rounds.RatioOf("sqlite", "store"), Goal.AtLeast(writers == 8 ? 4 : 12), "one connection, writers take turns; " + NoVersions, rounds.MedianOf("store"));
        context.Add($"W2-{writers}-sqlite-connections", rounds.RatioOf("sqlite connections", "store"), Goal.None, "a connection for each writer; " + NoVersions, rounds.MedianOf("store"));
        context.Add($"W2-{writers}-sqlite-sealed", rounds.RatioOf("sqlite", "sealed"), Goal.None, "SQLite as above, against a batched append of the four encryptions of a put and nothing of the store", rounds.MedianOf("sealed"));
        context.Add($"W2-{writers}-sqlite-ring", rounds.RatioOf("sqlite", "ring"), Goal.None, "SQLite as above, against puts to secrets that have ten versions each", rounds.MedianOf("ring"));
        if (writers == 64)
        {
            context.Add("W2-64-batched", rounds.RatioOf("batched", "store"), Goal.AtLeast(2.2), "SQLite, transactions of all who wait; " + NoVersions, rounds.MedianOf("store"));
            context.Add("W2-64-batched-sealed", rounds.RatioOf("batched", "sealed"), Goal.None, "the same against the batched SQLite", rounds.MedianOf("sealed"));
            context.Add("W2-64-rocksdb-sealed", rounds.RatioOf("rocksdb", "sealed"), Goal.None, "the same against RocksDB", rounds.MedianOf("sealed"));
            context.Add("W2-64-memory", rounds.RatioOf("memory", "store"), Goal.None, "the same puts into the repository in memory: what the processor alone takes", rounds.MedianOf("memory"));
            context.Add("W2-64-rocksdb", rounds.RatioOf("rocksdb", "store"), Goal.AtLeast(3), "its own group commit; " + NoVersions, rounds.MedianOf("store"));
        }
    }

    /// <summary>A side whose every round goes on where the one before has ended.</summary>
    private static Side Going(string name, int each, Func<int, double> run)
    {
        int next = 0;
        return new Side(name, () =>
        {
            int from = next;
            next += each;
            return run(from);
        });
    }

    private static int Place(int worker, int put, int writers, int names) => (int)((worker + ((long)put * writers)) % names);
}
