using System.Diagnostics;

namespace EmbeddedSecrets.Tests.QuickStart;

/// <summary>Runs the built quick start as a process of its own.</summary>
internal static class QuickStartProgram
{
    private const string AssemblyName = "EmbeddedSecrets.Samples.QuickStart.dll";

    /// <summary>The root of the repository, five folders above the output of the tests: bin, configuration and framework below the project.</summary>
    public static string RepositoryRoot { get; } = Path.GetFullPath(Path.Combine(TestContext.CurrentContext.TestDirectory, "../../../../.."));

    public static string Directory { get; } = Path.Combine(
        RepositoryRoot, "samples", "QuickStart", Path.GetRelativePath(Path.Combine(RepositoryRoot, "tests", "EmbeddedSecrets.Tests"), TestContext.CurrentContext.TestDirectory));

    public static async Task<QuickStartRun> RunAsync(string temporary, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", Path.Combine(Directory, AssemblyName), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["TMPDIR"] = temporary;
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return new QuickStartRun(process.ExitCode, await output, await error);
    }
}
