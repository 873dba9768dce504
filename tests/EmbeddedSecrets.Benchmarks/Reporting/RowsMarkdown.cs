namespace EmbeddedSecrets.Benchmarks.Reporting;

/// <summary>Prints the rows of one or several runs as a Markdown table.</summary>
internal static class RowsMarkdown
{
    public static void Write(TextWriter output, IReadOnlyList<SavedRun> runs)
    {
        output.WriteLine("| id | what | goal | median | spread | runs | verdict | order of magnitude |");
        output.WriteLine("|---|---|---|---|---|---|---|---|");
        MergedRow[] rows = MergedRow.Of(runs);
        foreach (MergedRow row in rows)
        {
            string unit = row.Text.Unit;
            string seconds = row.Seconds is { } one ? Figures.Magnitude(one) : "–";
            string verdict = row.Verdict == "told" ? "–" : row.Verdict;
            output.WriteLine(
                $"| {row.Text.Id} | {row.Text.What} | {Figures.Goal(row.Goal, unit)} | {Figures.Number(row.Median)} {unit} | {Figures.Number(row.Low)}–{Figures.Number(row.High)} | {row.Runs} | {verdict} | {seconds} |");
        }

        output.WriteLine();
        output.WriteLine($"{rows.Count(static row => row.Verdict == "met")} goals met, {rows.Count(static row => row.Verdict == "short")} short. Median: of the medians of the runs; spread: over all rounds of all runs; order of magnitude: one operation of the store.");
        WriteMachines(output, runs);
    }

    public static void WriteMachines(TextWriter output, IReadOnlyList<SavedRun> runs)
    {
        foreach (string machine in runs.Select(static run => run.Machine + (run.IsQuick ? " (quick: figures of little worth)" : "")).Distinct())
        {
            output.WriteLine();
            output.WriteLine($"Measured on: {machine}.");
        }
    }
}
