using System.Globalization;
using System.Security;
using System.Text;

namespace EmbeddedSecrets.Benchmarks.Charts;

/// <summary>The few shapes of SVG that a chart needs, on white.</summary>
internal sealed class SvgWriter
{
    public const string Ink = "#222222";
    public const string Faint = "#767676";
    public const string Grid = "#dddddd";

    private readonly StringBuilder _text = new();

    public void Line(double x1, double y1, double x2, double y2, string color, double width = 1) =>
        Add($"<line x1=\"{x1:0.##}\" y1=\"{y1:0.##}\" x2=\"{x2:0.##}\" y2=\"{y2:0.##}\" stroke=\"{color}\" stroke-width=\"{width:0.##}\"/>");

    public void Rectangle(double x, double y, double width, double height, string fill, string stroke = "none") =>
        Add($"<rect x=\"{x:0.##}\" y=\"{y:0.##}\" width=\"{width:0.##}\" height=\"{height:0.##}\" fill=\"{fill}\" stroke=\"{stroke}\"/>");

    public void Polyline(IEnumerable<(double X, double Y)> points, string color, string dashes) =>
        Add($"<polyline points=\"{Join(points)}\" fill=\"none\" stroke=\"{color}\" stroke-width=\"2\" stroke-dasharray=\"{dashes}\"/>");

    public void Polygon(IEnumerable<(double X, double Y)> points, string color) => Add($"<polygon points=\"{Join(points)}\" fill=\"{color}\"/>");

    /// <summary>Writes text with its base line at y; the anchor is start, middle or end.</summary>
    public void Text(double x, double y, string text, int size = 11, string anchor = "start", string color = Ink, bool isBold = false) =>
        Add($"<text x=\"{x:0.##}\" y=\"{y:0.##}\" font-size=\"{size}\" text-anchor=\"{anchor}\" fill=\"{color}\" font-weight=\"{(isBold ? "bold" : "normal")}\">{SecurityElement.Escape(text)}</text>");

    /// <summary>Defines a fill of slanted lines.</summary>
    public void Hatching(string id, string color) => Add(
        $"<defs><pattern id=\"{id}\" width=\"5\" height=\"5\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\"><rect width=\"5\" height=\"5\" fill=\"#ffffff\"/><rect width=\"2.5\" height=\"5\" fill=\"{color}\"/></pattern></defs>");

    public string Finish(double width, double height, string title) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        <svg xmlns="http://www.w3.org/2000/svg" width="{width:0}" height="{height:0}" viewBox="0 0 {width:0} {height:0}" font-family="Helvetica, Arial, sans-serif" role="img">
        <title>{SecurityElement.Escape(title)}</title>
        <rect width="100%" height="100%" fill="#ffffff"/>
        {_text}</svg>

        """);

    private static string Join(IEnumerable<(double X, double Y)> points) =>
        string.Join(' ', points.Select(static point => string.Create(CultureInfo.InvariantCulture, $"{point.X:0.##},{point.Y:0.##}")));

    private void Add(FormattableString shape) => _text.Append(shape.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
