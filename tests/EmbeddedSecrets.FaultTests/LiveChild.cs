using System.Diagnostics;

namespace EmbeddedSecrets.FaultTests;

/// <summary>This assembly as a process of its own, which is told things and asked while it runs, and may be killed at any moment.</summary>
internal sealed class LiveChild : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly CancellationTokenSource _limit = new(Limit);

    private LiveChild(Process process) => _process = process;

    public int Id => _process.Id;

    public static LiveChild Start(params string[] arguments) => StartBy([], arguments);

    /// <summary>Starts it by another program, which must become the child (exec) or pass on what is said.</summary>
    public static LiveChild StartBy(string[] by, params string[] arguments)
    {
        string[] command = [.. by, "dotnet", "exec", typeof(LiveChild).Assembly.Location, .. arguments];
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        var process = Process.Start(start)!;
        process.ErrorDataReceived += static (_, told) =>
        {
            if (told.Data is { Length: > 0 } line)
            {
                TestContext.Progress.WriteLine(line);
            }
        };
        process.BeginErrorReadLine();
        return new LiveChild(process);
    }

    /// <summary>Reads one line; null when the child has ended.</summary>
    public async Task<string?> ReadLineAsync() => await _process.StandardOutput.ReadLineAsync(_limit.Token);

    /// <summary>Reads line by line until the child has ended.</summary>
    public async Task ReadAllAsync(Action<string> line)
    {
        while (await ReadLineAsync() is { } text)
        {
            line(text);
        }
    }

    /// <summary>Tells the child a line; one that has ended is told nothing.</summary>
    public async Task TellAsync(string line)
    {
        try
        {
            await _process.StandardInput.WriteLineAsync(line);
            await _process.StandardInput.FlushAsync();
        }
        catch (IOException)
        {
            // Its end shows in what it tells.
        }
    }

    /// <summary>Tells a command and returns the answer; null when the child ended before it.</summary>
    public async Task<string?> AskAsync(string command)
    {
        await TellAsync(command);
        return await ReadLineAsync();
    }

    public void EndInput() => _process.StandardInput.Close();

    public void Kill() => _process.Kill(entireProcessTree: true);

    public async Task WaitForEndAsync() => await _process.WaitForExitAsync(_limit.Token);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        _limit.Dispose();
    }
}
