using EmbeddedSecrets.Files;
using EmbeddedSecrets.Tests.Faults;

namespace EmbeddedSecrets.Tests.Repositories;

/// <summary>Leadership of commits that come together (DESIGN F1): whatever happens to a leader, somebody leads the next batch.</summary>
[TestFixture]
public sealed class CommitQueueTests
{
    private const int Commits = 500;

    /// <summary>An interruption strikes at the next wait, which may be the one for passing leadership on.</summary>
    [Test]
    public void Commit_LeaderIsInterrupted_LeadershipIsPassedOn()
    {
        using var directory = new TemporaryDirectory();
        FaultyLogFile? file = null;
        var repository = new FileSecretRepository(
            directory.Store, null, () => new FaultyLogDirectory(StoreDirectory.OpenOrMake(directory.Store, readOnly: false)!, inner => file = new FaultyLogFile(inner)));
        SecretStore store = SecretStore.WithRing(repository, RootKey.FromFile(directory["root.key"]), null, new SecretStoreOptions());
        using SecretValue value = SecretValue.FromText("value");
        store.CreateSecretAsync("name", value).AsTask().GetAwaiter().GetResult();
        bool isDone = false;
        Thread[] crowd = [.. Enumerable.Range(0, 4).Select(_ => new Thread(() =>
        {
            while (!Volatile.Read(ref isDone))
            {
                _ = repository.WaitingCommits;
            }
        }))];
        var writer = new Thread(() =>
        {
            // This thread alone: a batch that the pool leads would carry the interruption into whatever its thread does next.
            Thread self = Thread.CurrentThread;
            file!.OnFlush = () =>
            {
                if (Thread.CurrentThread == self)
                {
                    self.Interrupt();
                }
            };
            for (int i = 0; i < Commits; i++)
            {
                try
                {
                    store.PutSecretValueAsync("name", value).AsTask().GetAwaiter().GetResult();

                    // Takes an interruption that has not struck yet.
                    Thread.Sleep(0);
                }
                catch (ThreadInterruptedException)
                {
                    // Here, or on the way to the queue.
                }
            }

            file.OnFlush = null;
        })
        { IsBackground = true };

        Array.ForEach(crowd, static thread => thread.Start());
        writer.Start();
        bool ended = writer.Join(TimeSpan.FromSeconds(20));
        Volatile.Write(ref isDone, true);
        Array.ForEach(crowd, static thread => thread.Join());

        ended.Should().BeTrue("no commit waits for a leader that does not come");
        store.Dispose();
    }
}
