using System.Diagnostics;

namespace EmbeddedSecrets.FaultTests;

/// <summary>Runs this assembly as a child process, under strace where system calls are to fail.</summary>
internal static class TracedProcess
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>What the child told, line by line, and the trace.</summary>
    public sealed record Outcome(IReadOnlyList<string> Lines, string Trace, int ExitCode);

    /// <summary>Ignores the test, with the reason, where strace cannot be used.</summary>
    public static void RequireStrace()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Ignore("strace is needed, which is there on Linux only.");
        }

        try
        {
            using Process? probe = Process.Start(new ProcessStartInfo("strace", ["-e", "trace=none", "true"]) { RedirectStandardError = true, RedirectStandardOutput = true });
            probe!.WaitForExit();
            if (probe.ExitCode != 0)
            {
                Assert.Ignore("strace is needed, and may not trace here.");
            }
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Ignore("strace is needed and is not installed.");
        }
    }

    /// <summary>Runs the child with system calls failing as strace is told, such as <c>fdatasync:error=EIO:when=2+</c>.</summary>
    public static async Task<Outcome> RunAsync(string? inject, params string[] arguments)
    {
        string traceFile = Path.GetTempFileName();
        try
        {
            string[] command = ["dotnet", "exec", typeof(TracedProcess).Assembly.Location, .. arguments];
            if (inject is not null)
            {
                string calls = inject[..inject.IndexOf(':', StringComparison.Ordinal)];
                command = ["strace", "-f", "-o", traceFile, "-e", $"trace={calls}", "-e", $"inject={inject}", .. command];
            }

            return await RunAsync(command, traceFile);
        }
        finally
        {
            File.Delete(traceFile);
        }
    }

    /// <summary>Traces the calls that touch one of the paths, and lets them fail where told; <paramref name="inject"/> counts these calls only.</summary>
    public static async Task<Outcome> RunOnPathsAsync(IEnumerable<string> paths, string calls, string? inject, params string[] arguments)
    {
        string traceFile = Path.GetTempFileName();
        try
        {
            string[] faults = inject is null ? [] : ["-e", $"inject={inject}"];
            string[] command =
            [
                "strace", "-f", "-y", "-o", traceFile, "-e", $"trace={calls}", .. faults, .. paths.SelectMany(path => (string[])["-P", path]),
                "dotnet", "exec", typeof(TracedProcess).Assembly.Location, .. arguments,
            ];
            return await RunAsync(command, traceFile);
        }
        finally
        {
            File.Delete(traceFile);
        }
    }

    private static async Task<Outcome> RunAsync(string[] command, string traceFile)
    {
        using var child = new Process
        {
            StartInfo = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true },
        };

        // strace counts the calls of each thread by itself; without the least number the greatest is the number of processors.
        child.StartInfo.Environment["DOTNET_ThreadPool_ForceMinWorkerThreads"] = "1";
        child.StartInfo.Environment["DOTNET_ThreadPool_ForceMaxWorkerThreads"] = "1";
        child.Start();
        using var limit = new CancellationTokenSource(Limit);
        Task<string> output = child.StandardOutput.ReadToEndAsync(CancellationToken.None);
        Task<string> errors = child.StandardError.ReadToEndAsync(CancellationToken.None);
        await using (limit.Token.Register(() => child.Kill(entireProcessTree: true)))
        {
            await child.WaitForExitAsync(CancellationToken.None);
        }

        // strace itself may hang when a thread ends; what the program told before counts, if it came to its end.
        string told = await output;
        if (limit.IsCancellationRequested && !told.Contains("closed", StringComparison.Ordinal))
        {
            throw new TimeoutException("The program did not come to its end.");
        }

        string[] lines = told.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        TestContext.Out.WriteLine(string.Join('\n', lines));
        string error = await errors;
        if (error.Length > 0)
        {
            TestContext.Out.WriteLine(error);
        }

        return new Outcome(lines, await File.ReadAllTextAsync(traceFile), child.ExitCode);
    }
}
