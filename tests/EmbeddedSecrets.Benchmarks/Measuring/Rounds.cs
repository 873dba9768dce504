namespace EmbeddedSecrets.Benchmarks.Measuring;

/// <summary>What each side cost in each round. All sides run in every round, each time in another order, after one run that does not count.</summary>
internal sealed class Rounds
{
    private readonly Dictionary<string, double[]> _costs;

    private Rounds(Dictionary<string, double[]> costs) => _costs = costs;

    public IEnumerable<string> Names => _costs.Keys;

    public static Rounds Run(int count, params IReadOnlyList<Side> sides)
    {
        foreach (Side side in sides)
        {
            _ = side.Run();
        }

        var costs = sides.ToDictionary(static side => side.Name, _ => new double[count]);
        for (int round = 0; round < count; round++)
        {
            GC.Collect();
            for (int i = 0; i < sides.Count; i++)
            {
                Side side = sides[(round + i) % sides.Count];
                costs[side.Name][round] = side.Run();
            }
        }

        return new Rounds(costs);
    }

    public double MedianOf(string side) => new Ratio(_costs[side]).Median;

    /// <summary>The ratio within each round, so that what slows a whole round down slows both sides.</summary>
    public Ratio RatioOf(string dividend, string divisor) =>
        new(_costs[dividend].Zip(_costs[divisor], static (left, right) => left / right));

    public Ratio RatioOf(string side, double divisor) => new(_costs[side].Select(cost => cost / divisor));
}
