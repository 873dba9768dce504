using EmbeddedSecrets.Benchmarks.Growth;

namespace EmbeddedSecrets.Benchmarks.Charts;

/// <summary>Lines over the number of secrets, both axes logarithmic, with the spread of each point.</summary>
internal sealed class GrowthPlot(SvgWriter svg, double left, double right, double top, double bottom)
{
    private const double MarkSize = 4;
    private const double LeastGap = 12;

    public void Draw(IReadOnlyList<GrowthPoint> points, IReadOnlyList<GrowthLine> lines, Func<double, string> label)
    {
        var across = LogScale.Around(points.Select(static point => (double)point.Secrets), 10, left, right);
        var upward = LogScale.Around(points.SelectMany(point => lines.SelectMany(line => Ends(line.Figure(point)))), 10, bottom, top);
        foreach (double tick in across.Ticks(10))
        {
            svg.Line(across.Place(tick), top, across.Place(tick), bottom, SvgWriter.Grid);
            svg.Text(across.Place(tick), bottom + 14, Count(tick), 10, "middle", SvgWriter.Faint);
        }

        foreach (double tick in upward.Ticks(10))
        {
            svg.Line(left, upward.Place(tick), right, upward.Place(tick), SvgWriter.Grid);
            svg.Text(left - 6, upward.Place(tick) + 3.5, label(tick), 10, "end", SvgWriter.Faint);
        }

        foreach (GrowthLine line in lines)
        {
            Draw(points, line, across, upward);
        }

        Name(lines, [.. lines.Select(line => upward.Place(line.Figure(points[^1]).Median))]);
    }

    private static IEnumerable<double> Ends(GrowthFigure figure) => [figure.Low, figure.High];

    private static string Count(double count) => count >= 1e6 ? $"{count / 1e6:0}M" : count >= 1e3 ? $"{count / 1e3:0}k" : $"{count:0}";

    private void Draw(IReadOnlyList<GrowthPoint> points, GrowthLine line, LogScale across, LogScale upward)
    {
        svg.Polyline(points.Select(point => (across.Place(point.Secrets), upward.Place(line.Figure(point).Median))), line.Color, line.Dashes);
        foreach (GrowthPoint point in points)
        {
            GrowthFigure figure = line.Figure(point);
            double x = across.Place(point.Secrets);
            svg.Line(x, upward.Place(figure.Low), x, upward.Place(figure.High), line.Color);
            Mark(x, upward.Place(figure.Median), line);
        }
    }

    /// <summary>The names stand at the ends of their lines, pushed apart where those are close.</summary>
    private void Name(IReadOnlyList<GrowthLine> lines, double[] heights)
    {
        double before = double.NegativeInfinity;
        foreach ((GrowthLine line, double height) in lines.Zip(heights).OrderBy(static pair => pair.Second))
        {
            double place = Math.Max(height, before + LeastGap);
            Mark(right + 14, place, line);
            svg.Text(right + 22, place + 4, line.Name, 11, color: line.Color, isBold: true);
            before = place;
        }
    }

    private void Mark(double x, double y, GrowthLine line)
    {
        (double X, double Y)[] corners = line.Mark switch
        {
            LineMark.Square => [(-1, -1), (1, -1), (1, 1), (-1, 1)],
            LineMark.Diamond => [(0, -1.3), (1.3, 0), (0, 1.3), (-1.3, 0)],
            LineMark.Triangle => [(0, -1.2), (1.2, 1), (-1.2, 1)],
            _ => [.. Enumerable.Range(0, 12).Select(static i => Math.SinCos(i * Math.PI / 6)).Select(static pair => (pair.Cos, pair.Sin))],
        };
        svg.Polygon(corners.Select(corner => (x + (corner.X * MarkSize), y + (corner.Y * MarkSize))), line.Color);
    }
}
