using System.Diagnostics;
using System.Globalization;
using EmbeddedSecrets.Benchmarks.Fixtures;
using EmbeddedSecrets.Benchmarks.Reporting;

namespace EmbeddedSecrets.Benchmarks.Growth;

/// <summary>How costs grow: over the number of secrets with one version each, and over the number of versions.</summary>
internal static class GrowthRun
{
    private const int SecretsOfVersions = 10_000;

    /// <summary>A size that would end after this, judged by the one before it, is left out.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(8);

    private static readonly (int Secrets, int Versions)[] Few =
        [(100, 1), (1_000, 1), (SecretsOfVersions, 1), (SecretsOfVersions, 2), (SecretsOfVersions, 5), (SecretsOfVersions, 10)];

    private static readonly int[] Many = [100_000, 1_000_000];

    public static SavedRun Run(BenchmarkOptions options, TextWriter progress)
    {
        using var workspace = new Workspace(options.Directory);
        long start = Stopwatch.GetTimestamp();
        var points = new List<GrowthPoint>();
        var run = new SavedRun(Machine.Describe(workspace, options), options.IsQuick, [], points);
        progress.WriteLine($"# {run.Machine}");
        foreach ((int secrets, int versions) in Few)
        {
            _ = Measure(secrets, versions);
        }

        TimeSpan? last = null;
        foreach (int secrets in options.IsQuick ? [] : Many)
        {
            TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
            if (last is { } before && elapsed + (before * ((double)secrets / points[^1].Secrets)) > Limit)
            {
                progress.WriteLine(string.Create(CultureInfo.InvariantCulture, $"# {secrets:#,0} secrets do not fit in {Limit.TotalMinutes:0} minutes; the largest store measured has {points[^1].Secrets:#,0}"));
                break;
            }

            last = Measure(secrets, versions: 1);
        }

        progress.WriteLine(string.Create(CultureInfo.InvariantCulture, $"# {Stopwatch.GetElapsedTime(start).TotalSeconds:0} s"));
        return run;

        TimeSpan Measure(int secrets, int versions)
        {
            long before = Stopwatch.GetTimestamp();
            using var built = GrowthStore.Build(workspace, secrets, versions);
            TimeSpan filling = Stopwatch.GetElapsedTime(before);
            GrowthPoint point = GrowthMeasurement.Of(built, versions, options);
            points.Add(point);
            Save(run, options);
            progress.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"growth {secrets:#,0} secrets of {versions}: read {Figures.Time(point.Read.Median)}, put {Figures.Time(point.Put.Median)}, open {Figures.Time(point.Open.Median)}, list page {Figures.Time(point.ListPage.Median)}, {point.Memory.Median:0} B a version (filled in {filling.TotalSeconds:0.0} s, {Stopwatch.GetElapsedTime(before).TotalSeconds:0.0} s in all)"));

            // Of the time, only what grows with the store counts for the next one.
            return filling + TimeSpan.FromSeconds(point.Open.Median * options.Rounds);
        }
    }

    /// <summary>After each store, so that a run that is ended has kept what it found.</summary>
    private static void Save(SavedRun run, BenchmarkOptions options)
    {
        if (options.Save is { } file)
        {
            run.Write(file);
        }
    }
}
