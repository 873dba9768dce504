using System.Diagnostics;
using System.Globalization;
using EmbeddedSecrets.Benchmarks.Fixtures;
using EmbeddedSecrets.Benchmarks.Measuring;

namespace EmbeddedSecrets.Benchmarks.Children;

/// <summary>What this program does in another process.</summary>
internal static class ChildProgram
{
    public const int NamesOfWriter = 20;
    private const int Size = 1024;

    public static int Run(ReadOnlySpan<string> arguments)
    {
        switch (arguments)
        {
            case ["write", var place, var first, var writers]:
                Write(place, int.Parse(first, CultureInfo.InvariantCulture), int.Parse(writers, CultureInfo.InvariantCulture));
                return 0;
            case ["hold", var place]:
                Hold(place);
                return 0;
            case ["open", var place, var name]:
                Tell(OpeningMeasurement.OfStore(place, name));
                return 0;
            case ["scan", var place]:
                Tell(OpeningMeasurement.OfScan(place));
                return 0;
            case ["open-sqlite", var directory, var key, var name]:
                Tell(OpeningMeasurement.OfSqlite(directory, Convert.FromHexString(key), name));
                return 0;
            default:
                return 2;
        }
    }

    private static void Hold(string place)
    {
        using SecretStore store = Workspace.Open(place);
        Console.Out.WriteLine("ready");
        _ = Console.In.ReadToEnd();
    }

    /// <summary>For each line, a number of seconds, all writers put for so long. Answers with the number of puts and the percentile of their times.</summary>
    private static void Write(string place, int first, int writers)
    {
        string[] names = Corpus.Names((first + writers) * NamesOfWriter);
        byte[] value = Corpus.Value(Size);
        using SecretStore store = Workspace.Open(place);
        Console.Out.WriteLine("ready");
        while (Console.In.ReadLine() is { } line)
        {
            var limit = TimeSpan.FromSeconds(double.Parse(line, CultureInfo.InvariantCulture));
            Latencies[] all = [.. Enumerable.Range(0, writers).Select(static _ => new Latencies())];
            long start = Stopwatch.GetTimestamp();
            _ = Clock.Tasks(writers, 1, async (worker, _) =>
            {
                for (int i = 0; Stopwatch.GetElapsedTime(start) < limit; i++)
                {
                    long before = Stopwatch.GetTimestamp();
                    await Corpus.PutAsync(store, names[((first + worker) * NamesOfWriter) + (i % NamesOfWriter)], value);
                    all[worker].Add(Stopwatch.GetElapsedTime(before).TotalSeconds);
                }
            });
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            var together = new Latencies();
            foreach (Latencies latencies in all)
            {
                together.Add(latencies);
            }

            Tell([together.Count / seconds, together.Percentile(0.99)]);
        }
    }

    private static void Tell(double[] numbers) =>
        Console.Out.WriteLine(string.Join(' ', numbers.Select(static number => number.ToString("R", CultureInfo.InvariantCulture))));
}
