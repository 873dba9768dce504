using System.Diagnostics;
using System.Security.Cryptography;
using EmbeddedSecrets.Benchmarks.Fixtures;
using EmbeddedSecrets.Benchmarks.Measuring;
using EmbeddedSecrets.Benchmarks.Peers;

namespace EmbeddedSecrets.Benchmarks.Rows;

/// <summary>What a reader and a writer notice of a compaction of 100,000 secrets in their process (C1). The reader rests between reads, so that it does not take the processor that it measures.</summary>
internal static class CompactionRows
{
    private const int Secrets = 100_000;
    private const int Size = 256;
    private const int ChunkLength = 300 << 10;

    private static readonly TimeSpan CompactionTime = TimeSpan.FromSeconds(1);

    public static void Run(RowContext context)
    {
        if (!context.Wants("C1-put", "C1-read"))
        {
            return;
        }

        string[] names = Corpus.Names(Secrets);
        byte[] value = Corpus.Value(Size);
        string place = context.Workspace.NewPlace("compacted");
        var repository = new FileSecretRepository(place, null, openDirectory: null, compactsByItself: false);
        using SecretStore store = SecretStore.WithRing(repository, Workspace.KeyOf(place), null, new SecretStoreOptions());
        Corpus.Fill(store, names, value);

        string directory = context.Workspace.NewDirectory("copied");
        var puts = new List<double>();
        var reads = new List<double>();
        var longest = new List<double>();
        var bare = new List<double>();
        int counted = 0;
        for (int round = 0; round <= context.Rounds; round++)
        {
            (Latencies put, Latencies read) = Compact(store, names, value);
            if (round > 0)
            {
                counted += put.Count;
                puts.Add(put.Percentile(0.99) * 1_000);
                reads.Add(read.Percentile(0.999) * 1_000);
                longest.Add(read.Percentile(1) * 1_000);
                bare.Add(BesideTwoBusyThreads(directory, value).Percentile(0.999) * 1_000);
            }
        }

        context.Table.Tell($"C1: {counted} puts in all compactions together");
        context.Add("C1-put", new Ratio(puts), Goal.AtMost(10), "ms, 99th percentile of the puts during a compaction");
        context.Add("C1-read", new Ratio(reads), Goal.AtMost(1), "ms, 99.9th percentile of the reads during a compaction");
        context.Add("C1-read-processors", new Ratio(bare), Goal.None, "ms, the same rhythm with no store, no compaction and no collector: beside two threads that compute, write and flush");
        context.Add("C1-read-longest", new Ratio(longest), Goal.None, "ms; with few processors a reader also waits for one");
    }

    private static (Latencies Puts, Latencies Reads) Compact(SecretStore store, string[] names, byte[] value)
    {
        using var done = new CancellationTokenSource();
        Task<Latencies> puts = Repeat(i => Corpus.Put(store, names[i], value), rest: 0, done.Token);
        Task<Latencies> reads = Repeat(i => store.GetSecretValue(names[i]).Dispose(), rest: 1, done.Token);
        store.Maintenance.CompactAsync().AsTask().GetAwaiter().GetResult();
        done.Cancel();
        return (puts.GetAwaiter().GetResult(), reads.GetAwaiter().GetResult());
    }

    /// <summary>What a reader notices of two threads that do what the compaction and the writer do with processors and disk, and share nothing with it.</summary>
    private static Latencies BesideTwoBusyThreads(string directory, byte[] value)
    {
        using var envelope = new ReferenceEnvelope();
        using ReferenceEnvelope readers = envelope.Copy();
        byte[] message = envelope.Seal(value);
        byte[] destination = new byte[value.Length];
        byte[] chunk = Corpus.Value(ChunkLength);
        byte[] hash = new byte[SHA256.HashSizeInBytes];
        using var copy = new RawAppend(Path.Combine(directory, "copy"));
        using var log = new RawAppend(Path.Combine(directory, "log"));
        using var done = new CancellationTokenSource(CompactionTime);
        Task<Latencies> copies = Repeat(
            _ =>
            {
                SHA256.HashData(chunk, hash);
                copy.Append(chunk);
            },
            rest: 0,
            done.Token);
        Task<Latencies> puts = Repeat(_ => log.Append(envelope.Seal(value)), rest: 0, done.Token);
        byte[] stored = new byte[message.Length];
        Task<Latencies> reads = Repeat(
            i =>
            {
                // A record and a value, of a name that nobody asked for lately.
                log.Read(i, stored);
                readers.Open(message, destination);
                log.Read(i + 1, stored);
                readers.Open(message, destination);
            },
            rest: 1,
            done.Token);
        Task.WaitAll(copies, puts);
        return reads.GetAwaiter().GetResult();
    }

    /// <summary>On a thread of its own, with a rest of some milliseconds between operations.</summary>
    private static Task<Latencies> Repeat(Action<int> operation, int rest, CancellationToken done)
    {
        return Task.Factory.StartNew(
            () =>
            {
                var latencies = new Latencies();
                for (int i = 0; !done.IsCancellationRequested; i = (i + 7_919) % Secrets)
                {
                    long start = Stopwatch.GetTimestamp();
                    operation(i);
                    latencies.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
                    Thread.Sleep(rest);
                }

                return latencies;
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
    }
}
