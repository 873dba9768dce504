using EmbeddedSecrets.Benchmarks.Children;
using EmbeddedSecrets.Benchmarks.Fixtures;
using EmbeddedSecrets.Benchmarks.Measuring;
using EmbeddedSecrets.Pipeline;

namespace EmbeddedSecrets.Benchmarks.Growth;

/// <summary>
/// Measures a store: opening with a first read in fresh processes, hot reads and list pages at random names, then durable puts
/// to random existing names. The puts come last, so that the rest sees the versions that were made.
/// </summary>
internal static class GrowthMeasurement
{
    private const int PageSize = 100;

    public static GrowthPoint Of(GrowthStore built, int versions, BenchmarkOptions options)
    {
        string[] names = built.Names;
        (Ratio opening, Ratio memory) = Open(built, versions, options);
        int[] order = Corpus.Order(names.Length);
        byte[] value = Corpus.Value(GrowthStore.Size);
        using SecretStore store = built.Open();
        foreach (int i in order)
        {
            store.GetSecretValue(names[i]).Dispose();
        }

        int reads = options.IsQuick ? 5_000 : 20_000;
        int pages = options.IsQuick ? 20 : 100;
        int puts = options.IsQuick ? 50 : 200;
        int next = 0;
        Rounds beside = Rounds.Run(
            options.Rounds,
            options.WarmUp,
            new Side("read", () => Clock.Sequential(reads, i => store.GetSecretValue(names[order[i & 0xffff]]).Dispose())),
            new Side("list page", () => Clock.Sequential(pages, i => List(store, names, order[i & 0xffff]))));
        Rounds writing = Rounds.Run(
            options.Rounds,
            options.WarmUp,
            new Side("put", () => Clock.Sequential(puts, _ => Corpus.Put(store, names[order[next++ & 0xffff]], value))));
        return new GrowthPoint(
            names.Length,
            versions,
            GrowthFigure.Of(beside.CostOf("read")),
            GrowthFigure.Of(writing.CostOf("put")),
            GrowthFigure.Of(opening),
            GrowthFigure.Of(beside.CostOf("list page")),
            GrowthFigure.Of(memory));
    }

    /// <summary>A page that is full, wherever it begins.</summary>
    private static void List(SecretStore store, string[] names, int position)
    {
        int first = Math.Min(position, names.Length - PageSize);
        string? cursor = first == 0 ? null : ListCursor.Encode(names[first - 1]);
        SecretPage page = store.ListSecretsPageAsync(size: PageSize, cursor: cursor).AsTask().GetAwaiter().GetResult();
        if (page.Secrets.Count != PageSize)
        {
            throw new InvalidOperationException($"A page had {page.Secrets.Count} secrets.");
        }
    }

    private static (Ratio Seconds, Ratio BytesOfVersion) Open(GrowthStore built, int versions, BenchmarkOptions options)
    {
        double bytesOfNames = built.Names.Sum(static name => (double)name.Length);
        var seconds = new List<double>();
        var bytes = new List<double>();
        for (int round = 0; round < options.Rounds; round++)
        {
            using Child child = Child.Start("open", built.Place, built.Names[built.Names.Length / 2]);
            double[] numbers = child.Numbers();
            seconds.Add(numbers[0]);
            bytes.Add((numbers[1] - bytesOfNames) / ((double)built.Names.Length * versions));
        }

        return (new Ratio(seconds), new Ratio(bytes));
    }
}
