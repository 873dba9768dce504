namespace EmbeddedSecrets.Benchmarks.Measuring;

/// <summary>How long single operations took, in seconds.</summary>
internal sealed class Latencies
{
    private readonly List<double> _seconds = [];

    public int Count => _seconds.Count;

    public void Add(double seconds) => _seconds.Add(seconds);

    public void Add(Latencies others) => _seconds.AddRange(others._seconds);

    /// <summary>The value that this share of the operations did not pass; 0 where there was none.</summary>
    public double Percentile(double share)
    {
        if (_seconds.Count == 0)
        {
            return 0;
        }

        _seconds.Sort();
        return _seconds[(int)Math.Min(_seconds.Count - 1, _seconds.Count * share)];
    }
}
