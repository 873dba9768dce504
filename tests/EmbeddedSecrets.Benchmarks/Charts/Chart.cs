using System.Globalization;
using EmbeddedSecrets.Benchmarks.Growth;
using EmbeddedSecrets.Benchmarks.Reporting;

namespace EmbeddedSecrets.Benchmarks.Charts;

/// <summary>Draws saved runs: on the left each figure against its goal, on the right how costs grow. The same runs give the same bytes.</summary>
internal static class Chart
{
    private const double GrowthWidth = 400;

    /// <summary>So that the description of the machine has room.</summary>
    private const double LeastWidth = 640;

    private const double TimesTop = 62;
    private const double TimesBottom = 352;
    private const double MemoryTop = 424;
    private const double MemoryBottom = 564;
    private const double FooterLine = 14;

    public static string Draw(IReadOnlyList<SavedRun> runs)
    {
        MergedRow[] rows = [.. MergedRow.Of(runs).Where(static row => row.Margin is not null)];
        GrowthPoint[] points = [.. GrowthPoint.Of(runs.SelectMany(static run => run.Growth)).Where(static point => point.Versions == 1)];
        var svg = new SvgWriter();
        double width = 0;
        double height = 0;
        if (rows.Length > 0)
        {
            height = GoalBars.Draw(svg, rows);
            width = GoalBars.Width;
        }

        if (points.Length > 0)
        {
            height = Math.Max(height, DrawGrowth(svg, points, width));
            width += GrowthWidth;
        }

        foreach (string machine in runs.Select(static run => run.Machine + (run.IsQuick ? ", quick" : "")).Distinct())
        {
            height += FooterLine;
            svg.Text(12, height, machine, 10, color: SvgWriter.Faint);
        }

        return svg.Finish(Math.Max(width, LeastWidth), height + 10, "Benchmarks of EmbeddedSecrets");
    }

    private static double DrawGrowth(SvgWriter svg, GrowthPoint[] points, double start)
    {
        double left = start + 62;
        double right = start + 310;
        svg.Text(start + 12, 22, "Growth with the number of secrets", 14, isBold: true);
        svg.Text(start + 12, 45, "Time of one operation");
        new GrowthPlot(svg, left, right, TimesTop, TimesBottom).Draw(points, GrowthLine.Times, Figures.Time);
        svg.Text(start + 12, MemoryTop - 17, "Memory a version, beside the names");
        new GrowthPlot(svg, left, right, MemoryTop, MemoryBottom).Draw(points, GrowthLine.Memory, static bytes => string.Create(CultureInfo.InvariantCulture, $"{bytes:#,0} B"));
        svg.Text((left + right) / 2, MemoryBottom + 28, "secrets of one version (log scales)", 10, "middle", SvgWriter.Faint);
        return MemoryBottom + 36;
    }
}
