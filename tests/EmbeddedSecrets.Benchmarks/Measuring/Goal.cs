using System.Globalization;

namespace EmbeddedSecrets.Benchmarks.Measuring;

/// <summary>What a figure has to reach; without bounds it is only told.</summary>
internal readonly record struct Goal(double? Least, double? Most)
{
    public static Goal None => default;

    public static Goal AtMost(double most) => new(null, most);

    public static Goal AtLeast(double least) => new(least, null);

    public static Goal Between(double least, double most) => new(least, most);

    public string Verdict(double value) =>
        this == None ? "told" : (Least is { } least && value < least) || (Most is { } most && value > most) ? "short" : "met";

    public override string ToString() => (Least, Most) switch
    {
        ({ } least, { } most) => string.Create(CultureInfo.InvariantCulture, $"{least:0.00}..{most:0.00}"),
        ({ } least, null) => string.Create(CultureInfo.InvariantCulture, $">={least:0.00}"),
        (null, { } most) => string.Create(CultureInfo.InvariantCulture, $"<={most:0.00}"),
        _ => "-",
    };
}
