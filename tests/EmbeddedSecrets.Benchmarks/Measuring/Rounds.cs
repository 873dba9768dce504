using System.Diagnostics;

namespace EmbeddedSecrets.Benchmarks.Measuring;

/// <summary>
/// What each side cost in each round. All sides run in every round, each time in another order, after runs that do not count:
/// the runtime compiles again what is called often, and must be done with that. Beside the time the processor time of this process is told, which a busy machine changes less.
/// </summary>
internal sealed class Rounds
{
    private readonly Dictionary<string, double[]> _costs;
    private readonly Dictionary<string, double[]> _processorCosts;

    private Rounds(IReadOnlyList<Side> sides, int count)
    {
        _costs = sides.ToDictionary(static side => side.Name, _ => new double[count]);
        _processorCosts = sides.ToDictionary(static side => side.Name, _ => new double[count]);
    }

    public IEnumerable<string> Names => _costs.Keys;

    public static Rounds Run(int count, TimeSpan warmUp, params IReadOnlyList<Side> sides)
    {
        foreach (Side side in sides)
        {
            long start = Stopwatch.GetTimestamp();
            do
            {
                _ = side.Run();
            }
            while (Stopwatch.GetElapsedTime(start) < warmUp);
        }

        var rounds = new Rounds(sides, count);
        for (int round = 0; round < count; round++)
        {
            GC.Collect();
            for (int i = 0; i < sides.Count; i++)
            {
                rounds.Run(sides[(round + i) % sides.Count], round);
            }
        }

        return rounds;
    }

    public Ratio CostOf(string side) => new(_costs[side]);

    public double MedianOf(string side) => new Ratio(_costs[side]).Median;

    /// <summary>The processor time of one operation. Of a side that runs in other processes it says nothing.</summary>
    public double ProcessorMedianOf(string side) => new Ratio(_processorCosts[side]).Median;

    /// <summary>The ratio within each round, so that what slows a whole round down slows both sides.</summary>
    public Ratio RatioOf(string dividend, string divisor) =>
        new(_costs[dividend].Zip(_costs[divisor], static (left, right) => left / right));

    private void Run(Side side, int round)
    {
        TimeSpan processorBefore = Environment.CpuUsage.TotalTime;
        long start = Stopwatch.GetTimestamp();
        double cost = side.Run();
        double share = (Environment.CpuUsage.TotalTime - processorBefore) / Stopwatch.GetElapsedTime(start);
        _costs[side.Name][round] = cost;
        _processorCosts[side.Name][round] = cost * share;
    }
}
