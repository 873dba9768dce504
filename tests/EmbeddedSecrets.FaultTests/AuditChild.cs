using System.Globalization;

namespace EmbeddedSecrets.FaultTests;

/// <summary>One of several processes that write one audit trail, until its standard input ends or it is killed. It tells each record that was acknowledged.</summary>
internal static class AuditChild
{
    public static string RequestOf(int process, int thread, int counter) => string.Create(CultureInfo.InvariantCulture, $"{process}-{thread}-{counter}");

    public static async Task<int> RunAsync(string directory, string keyFile, int process)
    {
        using var ending = new CancellationTokenSource();
        var listener = new Thread(() =>
        {
            while (Console.In.ReadLine() is not null)
            {
            }

            ending.Cancel();
        })
        { IsBackground = true };
        listener.Start();
        using var sink = new FileAuditSink(directory, keyFile, new FileAuditSinkOptions { MaxFileLength = 64 << 10 });
        await Task.WhenAll(Enumerable.Range(0, 2).Select(thread => Task.Run(() => WriteAsync(sink, process, thread, ending.Token))));
        Program.Tell("closed;");
        return 0;
    }

    private static async Task WriteAsync(FileAuditSink sink, int process, int thread, CancellationToken ending)
    {
        for (int counter = 0; !ending.IsCancellationRequested; counter++)
        {
            string request = RequestOf(process, thread, counter);
            try
            {
                await sink.WriteAsync(new AuditRecord { RequestId = request, Phase = AuditPhase.Intent, Time = DateTimeOffset.UnixEpoch, Operation = "PutSecretValue", SecretName = "name" }, CancellationToken.None);
                Program.Tell($"ack {request};");
            }
            catch (SecretStoreException exception)
            {
                Program.Tell($"fail {exception.Code} {exception.Message};");
            }
        }
    }
}
