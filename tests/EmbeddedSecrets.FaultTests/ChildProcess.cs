using System.Diagnostics;

namespace EmbeddedSecrets.FaultTests;

/// <summary>Writers in a process of their own, whose lines are read while it runs, and which is killed by SIGKILL.</summary>
internal sealed class ChildProcess : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>By each writer.</summary>
    private const int PutsACompaction = 60;

    private readonly Process _process;
    private readonly CancellationTokenSource _limit = new(Limit);

    private ChildProcess(Process process) => _process = process;

    /// <summary>Starts writers, the first of which has a number of its own, so that several processes can share a store.</summary>
    public static ChildProcess StartWriters(string directory, string keyFile, int writers, int first = 0, int putsACompaction = PutsACompaction)
    {
        string[] command = ["exec", typeof(ChildProcess).Assembly.Location, "write", directory, keyFile, $"{first}", $"{writers}", "1000000", $"{putsACompaction}"];
        return new ChildProcess(Process.Start(new ProcessStartInfo("dotnet", command) { RedirectStandardOutput = true })!);
    }

    /// <summary>Reads so many lines, or fewer where the process ends.</summary>
    /// <returns>How many there were.</returns>
    public async Task<int> ReadLinesAsync(int count, Action<string> line)
    {
        for (int read = 0; read < count; read++)
        {
            if (await _process.StandardOutput.ReadLineAsync(_limit.Token) is not { } text)
            {
                return read;
            }

            line(text);
        }

        return count;
    }

    /// <summary>Kills the process, waits for its end, and reads what it told before.</summary>
    public async Task KillAsync(Action<string> line)
    {
        _process.Kill();
        await ReadLinesAsync(int.MaxValue, line);
        await _process.WaitForExitAsync(_limit.Token);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
        _limit.Dispose();
    }
}
