using BenchmarkDotNet.Running;
using EmbeddedSecrets.Benchmarks;
using EmbeddedSecrets.Benchmarks.Charts;
using EmbeddedSecrets.Benchmarks.Children;
using EmbeddedSecrets.Benchmarks.Growth;
using EmbeddedSecrets.Benchmarks.Micro;
using EmbeddedSecrets.Benchmarks.Reporting;

return args switch
{
    ["ratios", .. string[] rest] => RunRatios(rest),
    ["growth", .. string[] rest] => RunGrowth(rest),
    ["table", .. string[] rest] => RunTable(rest),
    ["chart", var file, .. string[] rest] when !file.StartsWith("--", StringComparison.Ordinal) => RunChart(file, rest),
    ["micro", .. string[] rest] => RunMicro(rest),
    ["child", .. string[] rest] => ChildProgram.Run(rest),
    _ => Usage(),
};

static int RunRatios(string[] arguments)
{
    _ = RatioRun.Run(BenchmarkOptions.Parse(arguments), Console.Out);
    return 0;
}

static int RunGrowth(string[] arguments)
{
    SavedRun run = GrowthRun.Run(BenchmarkOptions.Parse(arguments), Console.Out);
    Console.Out.WriteLine();
    GrowthMarkdown.Write(Console.Out, [run]);
    return 0;
}

// What a measurement says meanwhile goes to the error stream, so that the output is the table alone.
static int RunTable(string[] arguments)
{
    var options = BenchmarkOptions.Parse(arguments, takesFiles: true);
    SavedRun[] runs = options.Files.Count == 0 ? [RatioRun.Run(options, Console.Error)] : [.. options.Files.Select(SavedRun.Read)];
    SavedRun[] ratios = [.. runs.Where(static run => run.Rows.Count > 0)];
    SavedRun[] growth = [.. runs.Where(static run => run.Growth.Count > 0)];
    if (ratios.Length > 0)
    {
        RowsMarkdown.Write(Console.Out, ratios);
    }

    if (growth.Length > 0)
    {
        Console.Out.Write(ratios.Length > 0 ? "\n" : "");
        GrowthMarkdown.Write(Console.Out, growth);
    }

    return 0;
}

static int RunChart(string file, string[] arguments)
{
    var options = BenchmarkOptions.Parse(arguments, takesFiles: true);
    SavedRun[] runs = options.Files.Count == 0
        ? [RatioRun.Run(options, Console.Error), GrowthRun.Run(options, Console.Error)]
        : [.. options.Files.Select(SavedRun.Read)];
    File.WriteAllText(file, Chart.Draw(runs));
    return 0;
}

static int RunMicro(string[] arguments)
{
    _ = BenchmarkSwitcher.FromTypes([typeof(SingleOperations)]).Run(arguments.Length == 0 ? ["--filter", "*"] : arguments);
    return 0;
}

static int Usage()
{
    Console.Error.WriteLine("""
        ratios [--quick] [--only R1,W1-raw] [--directory PATH] [--save FILE]   limits, peers and the store in one run
        growth [--quick] [--directory PATH] [--save FILE]                      costs over the number of secrets and of versions
        table [FILE…]                                                          saved runs as Markdown tables; without FILE, measures as ratios does
        chart FILE.svg [FILE…]                                                 saved runs as a picture; without them, measures as ratios and growth do
        micro [BenchmarkDotNet options]                                        single operations with their allocations
        """);
    return 2;
}
