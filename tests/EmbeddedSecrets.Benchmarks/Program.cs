using System.Diagnostics;
using System.Globalization;
using BenchmarkDotNet.Running;
using EmbeddedSecrets.Benchmarks;
using EmbeddedSecrets.Benchmarks.Children;
using EmbeddedSecrets.Benchmarks.Fixtures;
using EmbeddedSecrets.Benchmarks.Measuring;
using EmbeddedSecrets.Benchmarks.Micro;
using EmbeddedSecrets.Benchmarks.Rows;

return args switch
{
    ["ratios", .. string[] rest] => RunRatios(rest),
    ["micro", .. string[] rest] => RunMicro(rest),
    ["child", .. string[] rest] => ChildProgram.Run(rest),
    _ => Usage(),
};

static int RunRatios(string[] arguments)
{
    var table = new RatioTable(Console.Out);
    var options = BenchmarkOptions.Parse(arguments);
    using var workspace = new Workspace(options.Directory);
    table.Tell(string.Create(
        CultureInfo.InvariantCulture,
        $"{Environment.ProcessorCount} processors, {System.Runtime.InteropServices.RuntimeInformation.OSDescription}, .NET {Environment.Version}, {workspace.Format}, {options.Rounds} rounds"));
    long start = Stopwatch.GetTimestamp();
    var context = new RowContext(options, workspace, table);
    foreach (Action<RowContext> rows in (ReadOnlySpan<Action<RowContext>>)
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
    ])
    {
        rows(context);
    }

    table.Tell(string.Create(CultureInfo.InvariantCulture, $"{Stopwatch.GetElapsedTime(start).TotalSeconds:0} s, {table.Short} short of their goal"));
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
        ratios [--quick] [--only R1,W1-raw] [--directory PATH]   limits, peers and the store in one run
        micro [BenchmarkDotNet options]                          single operations with their allocations
        """);
    return 2;
}
