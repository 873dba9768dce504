using System.Diagnostics;
using System.Globalization;
using EmbeddedSecrets.Benchmarks.Fixtures;
using EmbeddedSecrets.Benchmarks.Measuring;
using EmbeddedSecrets.Benchmarks.Reporting;
using EmbeddedSecrets.Benchmarks.Rows;

namespace EmbeddedSecrets.Benchmarks;

/// <summary>Measures all rows, or those asked for.</summary>
internal static class RatioRun
{
    private static readonly Action<RowContext>[] Families =
    [
        ReadRows.Run,
        UncachedReadRows.Run,
        PeerReadRows.Run,
        WriteRows.Run,
        ConcurrentWriteRows.Run,
        FlushRows.Run,
        ProcessRows.Run,
        OpeningRows.Run,
        CompactionRows.Run,
        AuditRows.Run,
    ];

    public static SavedRun Run(BenchmarkOptions options, TextWriter progress)
    {
        var table = new RatioTable(progress);
        using var workspace = new Workspace(options.Directory);
        var run = new SavedRun(Machine.Describe(workspace, options), options.IsQuick, table.Rows, []);
        table.Tell(run.Machine);
        long start = Stopwatch.GetTimestamp();
        var context = new RowContext(options, workspace, table);
        foreach (Action<RowContext> rows in Families)
        {
            rows(context);

            // After each family, so that a run that is ended has kept what it found.
            if (options.Save is { } file)
            {
                run.Write(file);
            }
        }

        table.Tell(string.Create(CultureInfo.InvariantCulture, $"{Stopwatch.GetElapsedTime(start).TotalSeconds:0} s, {table.Short} short of their goal"));
        return run;
    }
}
