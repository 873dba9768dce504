using System.Globalization;
using EmbeddedSecrets.Benchmarks.Counting;
using EmbeddedSecrets.Benchmarks.Fixtures;
using EmbeddedSecrets.Benchmarks.Measuring;
using EmbeddedSecrets.Files;

namespace EmbeddedSecrets.Benchmarks.Rows;

/// <summary>Flushes a put (W3), counted where the log flushes. Those that make room ahead are counted apart.</summary>
internal static class FlushRows
{
    private const int Secrets = 640;
    private const int Size = 1024;

    public static void Run(RowContext context)
    {
        foreach (int writers in (ReadOnlySpan<int>)[1, 64])
        {
            if (context.Wants($"W3-{writers}"))
            {
                Count(context, writers);
            }
        }
    }

    private static void Count(RowContext context, int writers)
    {
        string[] names = Corpus.Names(Secrets);
        byte[] value = Corpus.Value(Size);
        var count = new FlushCount();
        string place = context.Workspace.NewPlace("counted");
        var repository = new FileSecretRepository(place, null, () => new CountingDirectory(StoreDirectory.OpenOrMake(place, readOnly: false)!, count), compactsByItself: false);
        using SecretStore store = SecretStore.WithRing(repository, Workspace.KeyOf(place), null, new SecretStoreOptions());
        Corpus.Fill(store, names, value);

        int putsEach = context.Scaled(6_400, 1_920) / writers;
        int puts = putsEach * writers;
        int extensions = 0;
        var rounds = new List<double>();
        for (int round = 0; round < context.Rounds; round++)
        {
            int flushesBefore = count.Commits;
            int extensionsBefore = count.Extensions;
            _ = Clock.Tasks(writers, putsEach, (worker, i) => Corpus.PutAsync(store, names[worker + (i * writers % Secrets)], value));
            rounds.Add((double)(count.Commits - flushesBefore) / puts);
            extensions += count.Extensions - extensionsBefore;
        }

        string apart = string.Create(CultureInfo.InvariantCulture, $"extensions apart: {(double)extensions / puts / context.Rounds:0.0000} a put");
        context.Add($"W3-{writers}", new Ratio(rounds), writers == 1 ? Goal.Between(1.00, 1.02) : Goal.AtMost(0.10), apart);
    }
}
