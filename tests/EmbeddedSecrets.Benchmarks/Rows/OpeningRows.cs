using System.Globalization;
using EmbeddedSecrets.Benchmarks.Children;
using EmbeddedSecrets.Benchmarks.Fixtures;
using EmbeddedSecrets.Benchmarks.Measuring;
using EmbeddedSecrets.Benchmarks.Peers;

namespace EmbeddedSecrets.Benchmarks.Rows;

/// <summary>Opening and first read in a fresh process (O1, O2, O3) against SQLite with an envelope, and the memory that an open store keeps.</summary>
internal static class OpeningRows
{
    private const int Hardly = 100;
    private const int Few = 10_000;
    private const int Many = 100_000;
    private const int Size = 256;

    public static void Run(RowContext context)
    {
        if (context.Wants("O1"))
        {
            using var peers = Peer.Make(context, Few);
            Compare(context, peers, "O1", Build(context, Few, isCompacted: true), Goal.AtMost(0.6));
        }

        if (context.Wants("O2", "O3"))
        {
            using var peers = Peer.Make(context, Many);
            if (context.Wants("O2"))
            {
                Compare(context, peers, "O2", Build(context, Many, isCompacted: true), Goal.AtMost(1.5));
            }

            if (context.Wants("O3"))
            {
                Compare(context, peers, "O3", Build(context, Many, isCompacted: false), Goal.AtMost(5));
            }
        }
    }

    private static void Compare(RowContext context, Peer peer, string id, string place, Goal goal)
    {
        string name = peer.Names[peer.Names.Length / 2];
        double bytes = 0;
        string[] hardlyNames = Corpus.Names(Hardly);
        string? hardly = id == "O1" ? Build(context, Hardly, isCompacted: true) : null;
        Rounds rounds = Rounds.Run(
            context.Rounds,
            TimeSpan.Zero,
            [
                new("store", () =>
                {
                    double[] numbers = Open("open", place, name);
                    bytes = numbers[1];
                    return numbers[0];
                }),
                new("scan", () => Open("scan", place)[0]),
                new("sqlite", () => Open("open-sqlite", peer.Directory, peer.Key, name)[0]),
                .. hardly is null ? [] : (IEnumerable<Side>)[new("hardly", () => Open("open", hardly, hardlyNames[Hardly / 2])[0])],
            ]);
        context.Table.Tell($"{id}, {peer.Names.Length} secrets of one version", rounds);
        context.Add(id, rounds.RatioOf("store", "sqlite"), goal, "authenticated; the pages of SQLite are not", rounds.MedianOf("store"));
        if (id != "O3")
        {
            context.Add(id + "-scan", rounds.RatioOf("scan", "sqlite"), Goal.None, "what that opening reads, read and decrypted, and nothing of the store", rounds.MedianOf("scan"));
        }

        if (hardly is not null)
        {
            context.Add(id + "-hardly", rounds.RatioOf("hardly", "sqlite"), Goal.None, "a store of 100 secrets, against SQLite with its 10,000", rounds.MedianOf("hardly"));
        }

        if (id == "O2")
        {
            // The index has them in ASCII.
            double names = peer.Names.Sum(static text => (double)text.Length);
            context.Add("O2-memory", new Ratio([(bytes - names) / peer.Names.Length]), Goal.AtMost(160), "managed bytes a version beyond names");
        }
    }

    private static double[] Open(params string[] arguments)
    {
        using Child child = Child.Start(arguments);
        return child.Numbers();
    }

    private static string Build(RowContext context, int count, bool isCompacted)
    {
        string place = context.Workspace.NewPlace(string.Create(CultureInfo.InvariantCulture, $"opened-{count}"));
        var repository = new FileSecretRepository(place, null, openDirectory: null, compactsByItself: false);
        using SecretStore store = SecretStore.WithRing(repository, Workspace.KeyOf(place), null, new SecretStoreOptions());
        Corpus.Fill(store, Corpus.Names(count), Corpus.Value(Size));
        if (isCompacted)
        {
            store.Maintenance.CompactAsync().AsTask().GetAwaiter().GetResult();
        }

        return place;
    }

    /// <summary>The same secrets in SQLite.</summary>
    private sealed record Peer(string Directory, string Key, string[] Names) : IDisposable
    {
        public static Peer Make(RowContext context, int count)
        {
            byte[] key = Corpus.Value(32);
            string directory = context.Workspace.NewDirectory("sqlite");
            string[] names = Corpus.Names(count);
            using var envelope = new ReferenceEnvelope(key);
            using var sqlite = new SqlitePeer(directory);
            byte[] message = envelope.Seal(Corpus.Value(Size));
            sqlite.WriteAll(names.Select(name => (name, message)));
            return new Peer(directory, Convert.ToHexString(key), names);
        }

        public void Dispose() => System.IO.Directory.Delete(Directory, recursive: true);
    }
}
