using EmbeddedSecrets.Benchmarks.Measuring;

namespace EmbeddedSecrets.Benchmarks.Reporting;

/// <summary>A row of one run. The seconds are those of one operation of the store, where the row has them.</summary>
internal sealed record SavedRow(
    string Id,
    double Median,
    double Low,
    double High,
    int Rounds,
    double? GoalLeast,
    double? GoalMost,
    string Verdict,
    string Note,
    double? Seconds)
{
    public static SavedRow Of(string id, Ratio ratio, Goal goal, string note, double? seconds) =>
        new(id, ratio.Median, ratio.Least, ratio.Most, ratio.Rounds, goal.Least, goal.Most, goal.Verdict(ratio.Median), note, seconds);
}
