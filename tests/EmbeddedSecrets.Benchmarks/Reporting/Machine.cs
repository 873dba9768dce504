using System.Globalization;
using System.Runtime.InteropServices;
using EmbeddedSecrets.Benchmarks.Fixtures;

namespace EmbeddedSecrets.Benchmarks.Reporting;

/// <summary>What a figure depends on.</summary>
internal static class Machine
{
    private const string ProcessorInformation = "/proc/cpuinfo";

    public static string Describe(Workspace workspace, BenchmarkOptions options) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Environment.ProcessorCount} processors{Model()}, {RuntimeInformation.OSDescription}, .NET {Environment.Version}, {workspace.Format}, {options.Rounds} rounds");

    private static string Model()
    {
        if (!File.Exists(ProcessorInformation))
        {
            return "";
        }

        string? line = File.ReadLines(ProcessorInformation).FirstOrDefault(static line => line.StartsWith("model name", StringComparison.Ordinal));
        return line is null ? "" : $" ({line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim()})";
    }
}
