using System.Diagnostics;
using System.Globalization;

namespace EmbeddedSecrets.Fuzz;

/// <summary>Mutates the corpus in this process, target by target, for a time. Needs no other tool; the seed names the run.</summary>
internal static class MutationLoop
{
    private const int MostFindings = 5;
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(5);

    public static int Run(IReadOnlyList<FuzzTarget> targets, string corpus, string findings, TimeSpan time, int seed)
    {
        int found = 0;
        foreach (FuzzTarget target in targets)
        {
            found += Run(target, corpus, findings, time / targets.Count, new Random(seed), seed);
        }

        return found == 0 ? 0 : 1;
    }

    private static int Run(FuzzTarget target, string corpus, string findings, TimeSpan time, Random random, int seed)
    {
        byte[][] inputs = [.. Corpus.Files(corpus, target).Select(File.ReadAllBytes)];
        if (inputs.Length == 0)
        {
            inputs = [[]];
        }

        var mutator = new Mutator(random);
        var kinds = new HashSet<string>(StringComparer.Ordinal);
        long executions = 0;
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < time && kinds.Count < MostFindings)
        {
            byte[] input = mutator.Mutate(inputs[random.Next(inputs.Length)], inputs[random.Next(inputs.Length)]);
            executions++;
            if (Find(target, input) is { } kind && kinds.Add(kind))
            {
                Console.WriteLine($"{target.Name}: {kind} kept as {Corpus.Keep(findings, target, input)}");
            }
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{target.Name}: {executions} executions, {kinds.Count} findings, seed {seed}"));
        return kinds.Count;
    }

    /// <summary>What kind of finding an input is, or null.</summary>
    private static string? Find(FuzzTarget target, byte[] input)
    {
        long start = Stopwatch.GetTimestamp();
        try
        {
            target.Run(input);
        }
        catch (Exception exception)
        {
            string where = exception.StackTrace?.Split('\n').FirstOrDefault(static line => line.Contains("EmbeddedSecrets", StringComparison.Ordinal))?.Trim() ?? string.Empty;
            return $"{exception.GetType().Name} {(exception is FuzzFindingException ? exception.Message : string.Empty)} {where}";
        }

        return Stopwatch.GetElapsedTime(start) > Slow ? "slow" : null;
    }
}
