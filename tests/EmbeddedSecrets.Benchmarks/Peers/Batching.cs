using System.Collections.Concurrent;

namespace EmbeddedSecrets.Benchmarks.Peers;

/// <summary>A writer of the application's own, which writes all who wait at once. What is given belongs to it until the write is done.</summary>
internal sealed class Batching<T> : IDisposable
{
    private const int MostInBatch = 1024;

    private readonly BlockingCollection<Put> _waiting = [];
    private readonly Action<IReadOnlyList<T>> _writeAll;
    private readonly Thread _writer;

    public Batching(Action<IReadOnlyList<T>> writeAll)
    {
        _writeAll = writeAll;
        _writer = new Thread(Write);
        _writer.Start();
    }

    public async ValueTask WriteAsync(T item)
    {
        var put = new Put(item, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
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

            _writeAll([.. batch.Select(static put => put.Item)]);
            foreach (Put put in batch)
            {
                put.Done.SetResult();
            }

            batch.Clear();
        }
    }

    private sealed record Put(T Item, TaskCompletionSource Done);
}
