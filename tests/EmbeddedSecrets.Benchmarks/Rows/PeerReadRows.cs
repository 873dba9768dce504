using System.Text;
using EmbeddedSecrets.Benchmarks.Fixtures;
using EmbeddedSecrets.Benchmarks.Measuring;
using EmbeddedSecrets.Benchmarks.Peers;

namespace EmbeddedSecrets.Benchmarks.Rows;

/// <summary>Reads of 1 KiB against peers (R4). Those that do not encrypt give sealed bytes, which are opened as the limit opens them.</summary>
internal static class PeerReadRows
{
    private const int Secrets = 10_000;
    private const int Size = 1024;

    public static void Run(RowContext context)
    {
        if (!context.Wants("R4-sqlite-prepared", "R4-sqlite-pooled", "R4-litedb", "R4-rocksdb", "R4-dataprotection"))
        {
            return;
        }

        string[] names = Corpus.Names(Secrets);
        int[] order = Corpus.Order(Secrets);
        byte[] value = Corpus.Value(Size);
        byte[] buffer = new byte[Size];
        byte[][] keys = [.. names.Select(Encoding.UTF8.GetBytes)];
        using var envelope = new ReferenceEnvelope();
        byte[] message = envelope.Seal(value);

        using SecretStore store = Workspace.Open(context.Workspace.NewPlace("store"));
        Corpus.Fill(store, names, value);
        using var sqlite = new SqlitePeer(context.Workspace.NewDirectory("sqlite"));
        sqlite.WriteAll(names.Select(name => (name, message)));
        using var liteDb = new LiteDbPeer(context.Workspace.NewDirectory("litedb"));
        liteDb.Fill(names, value);
        using var rocksDb = new RocksDbPeer(context.Workspace.NewDirectory("rocksdb"));
        rocksDb.Fill(keys, message);
        var protection = new DataProtectionPeer(context.Workspace.NewDirectory("dataprotection"));
        byte[] protectedValue = protection.Protect(value);

        int reads = context.Scaled(20_000, 10_000);
        Side Of(string name, Action<int> read) => new(name, () => Clock.Sequential(reads, i => read(order[i & 0xffff])));
        Rounds rounds = Rounds.Run(
            context.Rounds,
            context.Options.WarmUp,
            Of("store", i => store.GetSecretValue(names[i]).Dispose()),
            Of("hot name", _ => store.GetSecretValue(names[0]).Dispose()),
            Of("sqlite prepared", i => envelope.Open(sqlite.Read(names[i]), buffer)),
            Of("sqlite pooled", i => envelope.Open(sqlite.ReadPooled(names[i]), buffer)),
            Of("litedb", i => liteDb.Read(names[i])),
            Of("rocksdb", i => envelope.Open(rocksDb.Read(keys[i]), buffer)),
            Of("dataprotection", _ => protection.Unprotect(protectedValue)));
        context.Table.Tell("R4", rounds);
        context.Add("R4-sqlite-prepared", rounds.RatioOf("sqlite prepared", "store"), Goal.AtLeast(2.4), "no versions; envelope opened by the application", rounds.MedianOf("store"));
        context.Add("R4-sqlite-pooled", rounds.RatioOf("sqlite pooled", "store"), Goal.AtLeast(3), "no versions; envelope opened by the application", rounds.MedianOf("store"));
        context.Add("R4-litedb", rounds.RatioOf("litedb", "store"), Goal.AtLeast(4), "encrypts, does not authenticate; no versions", rounds.MedianOf("store"));
        context.Add("R4-rocksdb", rounds.RatioOf("rocksdb", "store"), Goal.AtLeast(1.5), "no versions; envelope opened by the application", rounds.MedianOf("store"));
        context.Add("R4-dataprotection", rounds.RatioOf("dataprotection", "hot name"), Goal.AtLeast(1.8), "one hot name; it stores nothing", rounds.MedianOf("hot name"));
    }
}
