using System.Diagnostics;
using System.Globalization;

namespace EmbeddedSecrets.Benchmarks.Children;

/// <summary>This program in another process, which answers a line with a line.</summary>
internal sealed class Child : IDisposable
{
    private readonly Process _process;

    private Child(Process process) => _process = process;

    public static Child Start(params string[] arguments)
    {
        string program = Environment.ProcessPath!;
        string[] before = Path.GetFileNameWithoutExtension(program) == "dotnet" ? ["exec", typeof(Child).Assembly.Location, "child"] : ["child"];
        var start = new ProcessStartInfo(program, [.. before, .. arguments]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        return new Child(Process.Start(start)!);
    }

    public void Ask(string line) => _process.StandardInput.WriteLine(line);

    public string Answer() => _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("The other process has ended.");

    public double[] Numbers() => [.. Answer().Split(' ').Select(static number => double.Parse(number, CultureInfo.InvariantCulture))];

    /// <summary>The end of its input is the end of the child.</summary>
    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }
}
