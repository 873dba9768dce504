using System.Globalization;
using EmbeddedSecrets.Benchmarks.Reporting;

namespace EmbeddedSecrets.Benchmarks.Charts;

/// <summary>A bar a row from the line of its goal: to the right where it is met, hatched and to the left where it is short.</summary>
internal static class GoalBars
{
    public const double Width = 490;
    private const double Top = 62;
    private const double RowHeight = 17;
    private const double BarHeight = 10;
    private const double LabelEnd = 124;
    private const double BarsStart = 132;
    private const double BarsEnd = 322;
    private const double FiguresStart = 333;

    /// <summary>What is further from its goal ends at the border, with an arrow.</summary>
    private const double Farthest = 8;

    private const string Met = "#0072b2";
    private const string Short = "#d55e00";
    private const string ShortFill = "short";

    /// <returns>The height that the bars take.</returns>
    public static double Draw(SvgWriter svg, IReadOnlyList<MergedRow> rows)
    {
        double bottom = Top + (rows.Count * RowHeight);
        IEnumerable<double> margins = rows.Select(static row => Math.Clamp(row.Margin ?? 1, 1 / Farthest, Farthest));
        var scale = LogScale.Around([0.5, 2, .. margins], 2, BarsStart, BarsEnd);
        svg.Hatching(ShortFill, Short);
        svg.Text(12, 22, "Figures against their goals", 14, isBold: true);
        Key(svg);
        foreach (double tick in scale.Ticks(2))
        {
            svg.Line(scale.Place(tick), Top, scale.Place(tick), bottom, SvgWriter.Grid);
            svg.Text(scale.Place(tick), bottom + 14, tick == 1 ? "goal" : tick.ToString("0.###", CultureInfo.InvariantCulture), 10, "middle", SvgWriter.Faint);
        }

        for (int i = 0; i < rows.Count; i++)
        {
            Bar(svg, scale, rows[i], Top + (i * RowHeight));
        }

        svg.Line(scale.Place(1), Top, scale.Place(1), bottom, SvgWriter.Ink, 1.5);
        svg.Text((BarsStart + BarsEnd) / 2, bottom + 28, "times better than the goal (log scale)", 10, "middle", SvgWriter.Faint);
        return bottom + 36;
    }

    private static void Key(SvgWriter svg)
    {
        svg.Rectangle(BarsStart, 36, 14, BarHeight, Met, Met);
        svg.Text(BarsStart + 19, 45, "met");
        svg.Rectangle(BarsStart + 60, 36, 14, BarHeight, $"url(#{ShortFill})", Short);
        svg.Text(BarsStart + 79, 45, "short");
    }

    private static void Bar(SvgWriter svg, LogScale scale, MergedRow row, double top)
    {
        double margin = row.Margin ?? 1;
        bool isShort = row.Verdict == "short";
        double goal = scale.Place(1);
        double end = scale.Place(margin);
        double barTop = top + ((RowHeight - BarHeight) / 2);
        double baseLine = top + (RowHeight / 2) + 4;
        string color = isShort ? Short : Met;
        svg.Text(LabelEnd, baseLine, row.Text.Id, 11, "end");
        svg.Rectangle(Math.Min(goal, end), barTop, Math.Max(1, Math.Abs(end - goal)), BarHeight, isShort ? $"url(#{ShortFill})" : Met, color);
        if (margin > scale.Most)
        {
            Arrow(svg, end, barTop, 6, color);
        }
        else if (margin < scale.Least)
        {
            Arrow(svg, end, barTop, -6, color);
        }

        // A unit that is a word has no room; the table has it.
        string unit = row.Text.Unit.Length > 2 ? "" : row.Text.Unit;
        string figure = $"{Figures.Number(row.Median)} ({Figures.Goal(row.Goal, unit).TrimEnd()})";
        svg.Text(FiguresStart, baseLine, isShort ? figure + " short" : figure, 10, isBold: isShort);
    }

    private static void Arrow(SvgWriter svg, double x, double top, double length, string color) =>
        svg.Polygon([(x, top), (x + length, top + (BarHeight / 2)), (x, top + BarHeight)], color);
}
