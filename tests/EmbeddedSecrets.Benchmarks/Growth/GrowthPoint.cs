namespace EmbeddedSecrets.Benchmarks.Growth;

/// <summary>What operations cost in a store of so many secrets with so many versions each. Memory is in bytes a version, the rest in seconds.</summary>
internal sealed record GrowthPoint(int Secrets, int Versions, GrowthFigure Read, GrowthFigure Put, GrowthFigure Open, GrowthFigure ListPage, GrowthFigure Memory)
{
    /// <summary>The points of all runs together, in the order of their sizes.</summary>
    public static GrowthPoint[] Of(IEnumerable<GrowthPoint> points) =>
    [
        .. points.GroupBy(static point => (point.Secrets, point.Versions))
            .OrderBy(static group => group.Key)
            .Select(static group => new GrowthPoint(
                group.Key.Secrets,
                group.Key.Versions,
                GrowthFigure.Of([.. group.Select(static point => point.Read)]),
                GrowthFigure.Of([.. group.Select(static point => point.Put)]),
                GrowthFigure.Of([.. group.Select(static point => point.Open)]),
                GrowthFigure.Of([.. group.Select(static point => point.ListPage)]),
                GrowthFigure.Of([.. group.Select(static point => point.Memory)]))),
    ];
}
