using System.Diagnostics;

namespace EmbeddedSecrets.FaultTests;

/// <summary>
/// strace on a process that runs already: its calls are counted, thread by thread, from here on, so that a fault meets the
/// step that follows and nothing of what the runtime did before.
/// </summary>
internal sealed class AttachedTracer : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly Process _strace;
    private readonly string _traceFile;

    private AttachedTracer(Process strace, string traceFile)
    {
        _strace = strace;
        _traceFile = traceFile;
    }

    /// <summary>Returns when the process is traced.</summary>
    /// <param name="processId">The process.</param>
    /// <param name="calls">The calls to trace, with commas.</param>
    /// <param name="inject">What to inject into them, such as <c>fdatasync:error=EIO:when=1</c>; null for nothing.</param>
    public static async Task<AttachedTracer> AttachAsync(int processId, string calls, string? inject)
    {
        string traceFile = Path.GetTempFileName();
        string[] faults = inject is null ? [] : ["-e", $"inject={inject}"];
        string[] arguments = ["-f", "-y", "-o", traceFile, "-e", $"trace={calls}", .. faults, "-p", $"{processId}"];
        var strace = Process.Start(new ProcessStartInfo("strace", arguments) { RedirectStandardError = true })!;
        var tracer = new AttachedTracer(strace, traceFile);
        using var limit = new CancellationTokenSource(Limit);

        // It tells the process first and its threads after it, or one line for all.
        string? line = await strace.StandardError.ReadLineAsync(limit.Token);
        if (line is null || !line.Contains("attached", StringComparison.Ordinal))
        {
            await tracer.DisposeAsync();
            Assert.Ignore($"strace is needed, and may not attach to a process here: {line}");
        }

        return tracer;
    }

    /// <summary>Ends tracing, if the process has not ended, and returns what was traced.</summary>
    public async Task<string> DetachAsync()
    {
        if (!_strace.HasExited)
        {
            // strace lets go of a process in order at SIGINT only.
            Needs.Run("kill", "-INT", $"{_strace.Id}");
        }

        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await _strace.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            // It may wait for ever for a thread that began when the process died.
            _strace.Kill();
            await _strace.WaitForExitAsync(CancellationToken.None);
        }

        return await File.ReadAllTextAsync(_traceFile, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_strace.HasExited)
        {
            await DetachAsync();
        }

        _strace.Dispose();
        File.Delete(_traceFile);
    }
}
