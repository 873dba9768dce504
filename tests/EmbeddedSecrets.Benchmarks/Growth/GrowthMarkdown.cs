using System.Globalization;
using EmbeddedSecrets.Benchmarks.Reporting;

namespace EmbeddedSecrets.Benchmarks.Growth;

/// <summary>Prints how costs grow as two Markdown tables.</summary>
internal static class GrowthMarkdown
{
    public static void Write(TextWriter output, IReadOnlyList<SavedRun> runs)
    {
        GrowthPoint[] points = GrowthPoint.Of(runs.SelectMany(static run => run.Growth));
        Write(output, "secrets of one version", points.Where(static point => point.Versions == 1), static point => point.Secrets);
        foreach (IGrouping<int, GrowthPoint> sweep in points.GroupBy(static point => point.Secrets).Where(static group => group.Count() > 1))
        {
            output.WriteLine();
            Write(output, string.Create(CultureInfo.InvariantCulture, $"versions of {sweep.Key:#,0} secrets each"), sweep, static point => point.Versions);
        }

        output.WriteLine();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Median (spread of the rounds); values of {GrowthStore.Size} B, default options, log compacted. Reads, list pages and puts at random names, by one thread; reads after each name was read once. Open is that of a fresh process with a first read. Memory is managed memory of a process that has just opened the store, beside the names; where secrets are few it is what any open store takes."));
        RowsMarkdown.WriteMachines(output, runs);
    }

    private static void Write(TextWriter output, string what, IEnumerable<GrowthPoint> points, Func<GrowthPoint, int> position)
    {
        output.WriteLine($"| {what} | read | durable put | open + first read | list page of 100 | memory a version |");
        output.WriteLine("|---:|---|---|---|---|---|");
        foreach (GrowthPoint point in points)
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {position(point):#,0} | {Time(point.Read)} | {Time(point.Put)} | {Time(point.Open)} | {Time(point.ListPage)} | {point.Memory.Median:#,0} B ({point.Memory.Low:#,0}–{point.Memory.High:#,0}) |"));
        }
    }

    private static string Time(GrowthFigure figure) => $"{Figures.Time(figure.Median)} ({Figures.Time(figure.Low)}–{Figures.Time(figure.High)})";
}
