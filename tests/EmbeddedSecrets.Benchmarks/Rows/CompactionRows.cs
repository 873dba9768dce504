using System.Diagnostics;
using EmbeddedSecrets.Benchmarks.Fixtures;
using EmbeddedSecrets.Benchmarks.Measuring;

namespace EmbeddedSecrets.Benchmarks.Rows;

/// <summary>What a reader and a writer notice of a compaction of 100,000 secrets in their process (C1). The reader rests between reads, so that it does not take the processor that it measures.</summary>
internal static class CompactionRows
{
    private const int Secrets = 100_000;
    private const int Size = 256;

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

        var puts = new List<double>();
        var reads = new List<double>();
        var longest = new List<double>();
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
            }
        }

        context.Table.Tell($"C1: {counted} puts in all compactions together");
        context.Add("C1-put", new Ratio(puts), Goal.AtMost(10), "ms, 99th percentile of the puts during a compaction");
        context.Add("C1-read", new Ratio(reads), Goal.AtMost(1), "ms, 99.9th percentile of the reads during a compaction");
        context.Add("C1-read-longest", new Ratio(longest), Goal.None, "ms; with few processors a reader also waits for one");
    }

    private static (Latencies Puts, Latencies Reads) Compact(SecretStore store, string[] names, byte[] value)
    {
        using var done = new CancellationTokenSource();
        Latencies Repeat(Action<int> operation, int rest)
        {
            var latencies = new Latencies();
            for (int i = 0; !done.IsCancellationRequested; i = (i + 7_919) % names.Length)
            {
                long start = Stopwatch.GetTimestamp();
                operation(i);
                latencies.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
                Thread.Sleep(rest);
            }

            return latencies;
        }

        var puts = Task.Factory.StartNew(() => Repeat(i => Corpus.Put(store, names[i], value), rest: 0), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        var reads = Task.Factory.StartNew(() => Repeat(i => store.GetSecretValue(names[i]).Dispose(), rest: 1), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        store.Maintenance.CompactAsync().AsTask().GetAwaiter().GetResult();
        done.Cancel();
        return (puts.GetAwaiter().GetResult(), reads.GetAwaiter().GetResult());
    }
}
