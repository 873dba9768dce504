using EmbeddedSecrets.Benchmarks.Measuring;

namespace EmbeddedSecrets.Benchmarks.Reporting;

/// <summary>A row of all runs: the median of the medians, and the spread over all rounds of all runs.</summary>
internal sealed record MergedRow(RowText Text, double Median, double Low, double High, int Runs, Goal Goal, double? Seconds)
{
    public string Verdict => Goal.Verdict(Median);

    /// <summary>Gets how many times better than its goal the row is; null where it has none.</summary>
    public double? Margin => Goal switch
    {
        { Least: { } least } when Median < least || Goal.Most is null => Median / least,
        { Most: { } most } => Median > 0 ? most / Median : double.PositiveInfinity,
        _ => null,
    };

    /// <summary>The goal is that of the last run.</summary>
    public static MergedRow[] Of(IEnumerable<SavedRun> runs) =>
    [
        .. runs.SelectMany(static run => run.Rows)
            .GroupBy(static row => row.Id)
            .OrderBy(static rows => RowCatalog.PlaceOf(rows.Key))
            .ThenBy(static rows => rows.Key, StringComparer.Ordinal)
            .Select(static rows => Of([.. rows])),
    ];

    private static MergedRow Of(SavedRow[] rows)
    {
        SavedRow last = rows[^1];
        double[] seconds = [.. rows.Select(static row => row.Seconds).OfType<double>()];
        return new MergedRow(
            RowCatalog.Find(last.Id, last.Note),
            new Ratio(rows.Select(static row => row.Median)).Median,
            rows.Min(static row => row.Low),
            rows.Max(static row => row.High),
            rows.Length,
            new Goal(last.GoalLeast, last.GoalMost),
            seconds.Length == 0 ? null : new Ratio(seconds).Median);
    }
}
