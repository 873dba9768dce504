using System.Diagnostics;

namespace EmbeddedSecrets.Tests.SamplePrograms;

/// <summary>Runs a built sample as a process of its own.</summary>
internal static class SampleProgram
{
    /// <summary>The root of the repository, five folders above the output of the tests: bin, configuration and framework below the project.</summary>
    public static string RepositoryRoot { get; } = Path.GetFullPath(Path.Combine(TestContext.CurrentContext.TestDirectory, "../../../../.."));

    public static async Task<SampleRun> RunAsync(string sample, string temporary, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", Path.Combine(DirectoryOf(sample), $"EmbeddedSecrets.Samples.{sample}.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["TMPDIR"] = temporary;
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return new SampleRun(process.ExitCode, await output, await error);
    }

    /// <summary>The output of a sample has the configuration and the framework of the output of the tests.</summary>
    private static string DirectoryOf(string sample) => Path.Combine(
        RepositoryRoot, "samples", sample, Path.GetRelativePath(Path.Combine(RepositoryRoot, "tests", "EmbeddedSecrets.Tests"), TestContext.CurrentContext.TestDirectory));
}
