namespace EmbeddedSecrets.Benchmarks.Measuring;

/// <summary>A figure of several rounds.</summary>
internal sealed class Ratio
{
    private readonly double[] _sorted;

    public Ratio(IEnumerable<double> rounds) => _sorted = [.. rounds.Order()];

    public double Median => _sorted.Length % 2 == 1
        ? _sorted[_sorted.Length / 2]
        : (_sorted[(_sorted.Length / 2) - 1] + _sorted[_sorted.Length / 2]) / 2;

    public double Least => _sorted[0];

    public double Most => _sorted[^1];

    public int Rounds => _sorted.Length;
}
