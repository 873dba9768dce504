using System.Collections.Concurrent;
using EmbeddedSecrets.Repositories.Log;

namespace EmbeddedSecrets.Tests.Repositories;

/// <summary>The thread on which commits are written that have waited for each other.</summary>
[TestFixture]
public sealed class LeaderThreadTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Test]
    public void Run_OneAfterTheOther_OnOneThreadOutsideThePool()
    {
        var leader = new LeaderThread();
        var threads = new ConcurrentQueue<Thread>();
        using var done = new SemaphoreSlim(0);

        for (int i = 0; i < 100; i++)
        {
            leader.Run(() =>
            {
                threads.Enqueue(Thread.CurrentThread);
                done.Release();
            });
            done.Wait(Patience).Should().BeTrue();
        }

        threads.Distinct().Should().ContainSingle().Which.Should().Match<Thread>(static thread => !thread.IsThreadPoolThread && thread.IsBackground);
    }

    [Test]
    public void Run_FromWithinWork_FollowsIt()
    {
        var leader = new LeaderThread();
        var order = new ConcurrentQueue<int>();
        using var done = new ManualResetEventSlim();

        leader.Run(() =>
        {
            leader.Run(() =>
            {
                order.Enqueue(2);
                done.Set();
            });
            order.Enqueue(1);
        });

        done.Wait(Patience).Should().BeTrue();
        order.Should().Equal(1, 2);
    }

    [Test]
    public void Run_AfterTheThreadHasEnded_StartsAnother()
    {
        var leader = new LeaderThread();
        Thread first = ThreadOf(leader);
        first.Join(Patience).Should().BeTrue("a thread with nothing to do ends");

        ThreadOf(leader).Should().NotBe(first);
    }

    /// <summary>Work that comes just when the thread gives up waiting is neither lost nor done twice.</summary>
    [Test]
    public void Run_AroundTheEndOfTheThread_IsDoneOnce()
    {
        LeaderThread[] leaders = [.. Enumerable.Range(0, 64).Select(static _ => new LeaderThread())];
        int[] counts = new int[leaders.Length];
        using var done = new CountdownEvent(leaders.Length);
        for (int i = 0; i < leaders.Length; i++)
        {
            _ = ThreadOf(leaders[i]);
        }

        Thread.Sleep(960);
        for (int i = 0; i < leaders.Length; i++)
        {
            int at = i;
            leaders[i].Run(() =>
            {
                Interlocked.Increment(ref counts[at]);
                done.Signal();
            });
            Thread.Sleep(1);
        }

        done.Wait(Patience).Should().BeTrue();
        counts.Should().AllBeEquivalentTo(1);
    }

    private static Thread ThreadOf(LeaderThread leader)
    {
        Thread? thread = null;
        using var done = new ManualResetEventSlim();
        leader.Run(() =>
        {
            thread = Thread.CurrentThread;
            done.Set();
        });
        done.Wait(Patience).Should().BeTrue();
        return thread!;
    }
}
