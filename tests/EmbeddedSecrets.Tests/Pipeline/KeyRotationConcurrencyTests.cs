using System.Collections.Concurrent;

namespace EmbeddedSecrets.Tests.Pipeline;

/// <summary>The ring is replaced while threads read and write: every value right, no operation failing.</summary>
[TestFixture]
public sealed class KeyRotationConcurrencyTests
{
    private const int Rotations = 50;
    private const int ThreadCount = 4;

    [TestCase(false)]
    [TestCase(true)]
    public async Task Rotate_WhileThreadsPutAndRead_EveryValueIsRight(bool onDisk)
    {
        using var directory = new TemporaryDirectory();
        await using SecretStore store = onDisk
            ? await SecretStore.OpenAsync(directory["store"], RootKey.FromFile(directory["root.key"]))
            : SecretStore.CreateInMemory();
        for (int thread = 0; thread < ThreadCount; thread++)
        {
            await store.CreateTextAsync($"name-{thread}", $"{thread} 0");
        }

        var wrong = new ConcurrentQueue<string>();
        int[] operations = new int[ThreadCount];
        bool stop = false;
        Thread[] threads = [.. Enumerable.Range(0, ThreadCount).Select(thread => new Thread(() =>
        {
            try
            {
                for (int i = 1; !Volatile.Read(ref stop); i++)
                {
                    using SecretValue value = SecretValue.FromText($"{thread} {i}");
                    store.PutSecretValueAsync($"name-{thread}", value).AsTask().GetAwaiter().GetResult();
                    Expect(store, thread, $"{thread} {i}");
                    int other = (thread + i) % ThreadCount;
                    Expect(store, other, $"{other} ");
                    Interlocked.Increment(ref operations[thread]);
                }
            }
            catch (Exception exception)
            {
                wrong.Enqueue(exception.ToString());
            }
        }))];
        Array.ForEach(threads, static thread => thread.Start());

        for (int i = 0; i < Rotations; i++)
        {
            int before = Volatile.Read(ref operations[i % ThreadCount]);
            await store.Keys.RotateKeyAsync("default");
            SpinWait.SpinUntil(() => Volatile.Read(ref operations[i % ThreadCount]) > before || !wrong.IsEmpty, TimeSpan.FromSeconds(5));
        }

        Volatile.Write(ref stop, true);
        Array.ForEach(threads, static thread => thread.Join());
        wrong.Should().BeEmpty();
        (await store.Keys.DescribeKeyAsync("default")).CurrentGeneration.Should().Be(Rotations + 1);
        await EveryVersionReadsAsync(store);

        void Expect(SecretStore read, int name, string beginning)
        {
            using SecretValueResult result = read.GetSecretValue($"name-{name}");
            if (!result.Value.RevealText().StartsWith(beginning, StringComparison.Ordinal))
            {
                wrong.Enqueue($"{result.Value.RevealText()} is not {beginning}");
            }
        }
    }

    [Test]
    public async Task Change_ByFourThreads_LosesNone()
    {
        await using SecretStore store = SecretStore.CreateInMemory();
        Thread[] threads = [.. Enumerable.Range(0, ThreadCount).Select(thread => new Thread(() =>
        {
            for (int i = 0; i < 10; i++)
            {
                store.Keys.CreateKeyAsync($"key-{thread}-{i}").AsTask().GetAwaiter().GetResult();
                store.Keys.RotateKeyAsync("default").AsTask().GetAwaiter().GetResult();
            }
        }))];
        Array.ForEach(threads, static thread => thread.Start());
        Array.ForEach(threads, static thread => thread.Join());

        (await store.Keys.ListKeysAsync()).Should().HaveCount((ThreadCount * 10) + 1);
        (await store.Keys.DescribeKeyAsync("default")).CurrentGeneration.Should().Be((ThreadCount * 10) + 1);
    }

    private static async Task EveryVersionReadsAsync(SecretStore store)
    {
        for (int name = 0; name < ThreadCount; name++)
        {
            foreach (SecretVersionDescription version in await store.ListSecretVersionIdsAsync($"name-{name}", includeDeprecated: true))
            {
                (await store.ReadTextAsync($"name-{name}", version.VersionId)).Should().StartWith($"{name} ");
            }
        }
    }
}
