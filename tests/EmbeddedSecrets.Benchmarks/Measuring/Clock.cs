using System.Diagnostics;

namespace EmbeddedSecrets.Benchmarks.Measuring;

/// <summary>Runs operations, in one thread or several, and divides the time by their number.</summary>
internal static class Clock
{
    public static double Sequential(int operations, Action<int> operation)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < operations; i++)
        {
            operation(i);
        }

        return Stopwatch.GetElapsedTime(start).TotalSeconds / operations;
    }

    /// <summary>Each worker on a thread of its own, for what blocks. The cost is that of one operation of one worker.</summary>
    public static double Threads(int workers, int operationsEach, Action<int, int> operation)
    {
        using var go = new ManualResetEventSlim();
        Exception? failure = null;
        Thread[] threads = [.. Enumerable.Range(0, workers).Select(worker => new Thread(() =>
        {
            try
            {
                go.Wait();
                for (int i = 0; i < operationsEach; i++)
                {
                    operation(worker, i);
                }
            }
            catch (Exception exception)
            {
                Volatile.Write(ref failure, exception);
            }
        }))];
        foreach (Thread thread in threads)
        {
            thread.Start();
        }

        long start = Stopwatch.GetTimestamp();
        go.Set();
        foreach (Thread thread in threads)
        {
            thread.Join();
        }

        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return failure is null ? seconds / operationsEach : throw new InvalidOperationException("A worker failed.", failure);
    }

    /// <summary>Each worker as a task, for what is awaited. The cost is that of one operation of one worker.</summary>
    public static double Tasks(int workers, int operationsEach, Func<int, int, ValueTask> operation)
    {
        long start = Stopwatch.GetTimestamp();
        Task.WhenAll(Enumerable.Range(0, workers).Select(worker => Task.Run(async () =>
        {
            for (int i = 0; i < operationsEach; i++)
            {
                await operation(worker, i);
            }
        }))).GetAwaiter().GetResult();
        return Stopwatch.GetElapsedTime(start).TotalSeconds / operationsEach;
    }
}
