using EmbeddedSecrets.Benchmarks.Measuring;

namespace EmbeddedSecrets.Benchmarks.Growth;

/// <summary>A cost in seconds, or bytes, of several rounds.</summary>
internal sealed record GrowthFigure(double Median, double Low, double High, int Rounds)
{
    public static GrowthFigure Of(Ratio rounds) => new(rounds.Median, rounds.Least, rounds.Most, rounds.Rounds);

    /// <summary>The median of the medians, with the spread over all.</summary>
    public static GrowthFigure Of(IReadOnlyList<GrowthFigure> runs) => new(
        new Ratio(runs.Select(static run => run.Median)).Median,
        runs.Min(static run => run.Low),
        runs.Max(static run => run.High),
        runs.Sum(static run => run.Rounds));
}
