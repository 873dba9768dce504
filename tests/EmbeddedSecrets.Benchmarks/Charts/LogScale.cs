namespace EmbeddedSecrets.Benchmarks.Charts;

/// <summary>Places positive values on a line of pixels by their logarithm. What lies outside is placed at the end.</summary>
internal readonly record struct LogScale(double Least, double Most, double From, double To)
{
    /// <summary>A scale of whole powers around the values, not shorter than one power.</summary>
    public static LogScale Around(IEnumerable<double> values, double power, double from, double to)
    {
        double[] logarithms = [.. values.Where(static value => value > 0 && double.IsFinite(value)).Select(value => Math.Log(value, power))];
        double least = logarithms.Length == 0 ? 0 : Math.Floor(logarithms.Min() + 1e-9);
        double most = logarithms.Length == 0 ? 1 : Math.Max(Math.Ceiling(logarithms.Max() - 1e-9), least + 1);
        return new LogScale(Math.Pow(power, least), Math.Pow(power, most), from, to);
    }

    public double Place(double value)
    {
        double share = value <= 0 ? 0 : Math.Log(Math.Clamp(value, Least, Most) / Least) / Math.Log(Most / Least);
        return From + (share * (To - From));
    }

    public IEnumerable<double> Ticks(double power)
    {
        int count = (int)Math.Round(Math.Log(Most / Least, power));
        double least = Least;
        return Enumerable.Range(0, count + 1).Select(i => least * Math.Pow(power, i));
    }
}
