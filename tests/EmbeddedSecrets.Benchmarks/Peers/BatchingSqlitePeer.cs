using System.Collections.Concurrent;

namespace EmbeddedSecrets.Benchmarks.Peers;

/// <summary>SQLite behind a writer of the application's own, which puts all who wait into one transaction.</summary>
internal sealed class BatchingSqlitePeer : IDisposable
{
    private const int MostInBatch = 1024;

    private readonly BlockingCollection<Put> _waiting = [];
    private readonly SqlitePeer _peer;
    private readonly Thread _writer;

    public BatchingSqlitePeer(SqlitePeer peer)
    {
        _peer = peer;
        _writer = new Thread(Write);
        _writer.Start();
    }

    public async ValueTask WriteAsync(string name, byte[] message)
    {
        var put = new Put(name, message, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        _waiting.Add(put);
        await put.Done.Task;
    }

    public void Dispose()
    {
        _waiting.CompleteAdding();
        _writer.Join();
        _waiting.Dispose();
    }

    private void Write()
    {
        var batch = new List<Put>();
        while (_waiting.TryTake(out Put? first, Timeout.Infinite))
        {
            batch.Add(first);
            while (batch.Count < MostInBatch && _waiting.TryTake(out Put? next))
            {
                batch.Add(next);
            }

            _peer.WriteAll(batch.Select(static put => (put.Name, put.Message)));
            foreach (Put put in batch)
            {
                put.Done.SetResult();
            }

            batch.Clear();
        }
    }

    private sealed record Put(string Name, byte[] Message, TaskCompletionSource Done);
}
