using System.Globalization;
using EmbeddedSecrets.Benchmarks.Reporting;

namespace EmbeddedSecrets.Benchmarks.Measuring;

/// <summary>Prints one line a figure, at once, so that a run that is ended has told what it found; and keeps it.</summary>
internal sealed class RatioTable(TextWriter output)
{
    private readonly List<SavedRow> _rows = [];

    public int Short { get; private set; }

    public IReadOnlyList<SavedRow> Rows => _rows;

    public void Add(string id, Ratio ratio, Goal goal, string note = "", double? seconds = null)
    {
        string verdict = goal.Verdict(ratio.Median);
        _rows.Add(SavedRow.Of(id, ratio, goal, note, seconds));
        Short += verdict == "short" ? 1 : 0;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"ratio {id} {ratio.Median:0.000} {goal} {verdict} (spread {ratio.Least:0.000}..{ratio.Most:0.000}, {ratio.Rounds} rounds){Note(note)}"));
    }

    /// <summary>A row that could not be measured.</summary>
    public void Skip(string id, string why) => output.WriteLine($"ratio {id} - - {why}");

    /// <summary>The medians of absolute times: an order of magnitude, no figure to compare. The processor time counts this process alone.</summary>
    public void Tell(string title, Rounds rounds)
    {
        IEnumerable<string> sides = rounds.Names.Select(name => string.Create(CultureInfo.InvariantCulture, $"{name} {rounds.MedianOf(name) * 1e6:0.00} us ({rounds.ProcessorMedianOf(name) * 1e6:0.00} of processors)"));
        output.WriteLine($"# {title}: {string.Join(", ", sides)}");
    }

    public void Tell(string text) => output.WriteLine($"# {text}");

    private static string Note(string note) => note.Length == 0 ? "" : " " + note;
}
