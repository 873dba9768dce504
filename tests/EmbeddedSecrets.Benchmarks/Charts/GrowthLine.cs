using EmbeddedSecrets.Benchmarks.Growth;

namespace EmbeddedSecrets.Benchmarks.Charts;

/// <summary>One cost over the number of secrets. Color, dashes and mark tell the lines apart, each for itself.</summary>
internal sealed record GrowthLine(string Name, Func<GrowthPoint, GrowthFigure> Figure, string Color, string Dashes, LineMark Mark)
{
    public static GrowthLine[] Times { get; } =
    [
        new("open", static point => point.Open, "#d55e00", "8 3", LineMark.Square),
        new("put", static point => point.Put, "#0072b2", "none", LineMark.Circle),
        new("list page", static point => point.ListPage, "#009e73", "3 3", LineMark.Diamond),
        new("read", static point => point.Read, "#222222", "10 3 2 3", LineMark.Triangle),
    ];

    public static GrowthLine[] Memory { get; } = [new("memory", static point => point.Memory, "#a0457f", "none", LineMark.Square)];
}
