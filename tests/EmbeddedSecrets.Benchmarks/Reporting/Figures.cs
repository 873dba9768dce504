using System.Globalization;
using EmbeddedSecrets.Benchmarks.Measuring;

namespace EmbeddedSecrets.Benchmarks.Reporting;

/// <summary>How figures are written for people.</summary>
internal static class Figures
{
    private static readonly (string Unit, double Seconds)[] Times = [("s", 1), ("ms", 1e-3), ("µs", 1e-6), ("ns", 1e-9)];

    /// <summary>Three significant figures, or all before the point.</summary>
    public static string Number(double value)
    {
        double size = Math.Abs(value);
        string format = size >= 100 || size == 0 ? "#,0" : size >= 10 ? "0.#" : size >= 0.1 ? "0.00" : "0.000";
        return value.ToString(format, CultureInfo.InvariantCulture);
    }

    /// <summary>One significant figure: an order of magnitude, not a figure to compare.</summary>
    public static string Magnitude(double seconds)
    {
        if (seconds <= 0)
        {
            return "0 s";
        }

        double scale = Math.Pow(10, Math.Floor(Math.Log10(seconds)));
        return "~" + Time(Math.Round(seconds / scale) * scale);
    }

    /// <summary>A time with three significant figures, in the largest unit that makes it at least one; milliseconds and seconds begin at a tenth.</summary>
    public static string Time(double seconds)
    {
        foreach ((string unit, double size) in Times)
        {
            // A little less, so that what rounding made of 1 µs does not become 1000 ns.
            double least = unit is "ms" or "s" ? size * 0.1 : size;
            if (seconds >= least * 0.999_999 || unit == "ns")
            {
                return string.Create(CultureInfo.InvariantCulture, $"{Short(seconds / size)} {unit}");
            }
        }

        return "0 s";
    }

    public static string Goal(Goal goal, string unit) => (goal.Least, goal.Most) switch
    {
        ({ } least, { } most) => $"{Number(least)}–{Number(most)} {unit}",
        ({ } least, null) => $"≥ {Number(least)} {unit}",
        (null, { } most) => $"≤ {Number(most)} {unit}",
        _ => "–",
    };

    private static string Short(double value) => value.ToString(value >= 100 ? "#,0" : value >= 10 ? "0.#" : "0.##", CultureInfo.InvariantCulture);
}
