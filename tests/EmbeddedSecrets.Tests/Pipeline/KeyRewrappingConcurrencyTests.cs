using System.Collections.Concurrent;

namespace EmbeddedSecrets.Tests.Pipeline;

/// <summary>Rewrapping beside readers, writers and other instances: every value right, no work done twice.</summary>
[TestFixture]
public sealed class KeyRewrappingConcurrencyTests
{
    private const int SecretCount = 200;
    private const int ThreadCount = 4;

    [TestCase(false)]
    [TestCase(true)]
    public async Task Rewrap_WhileThreadsPutAndRead_EveryValueIsRight(bool onDisk)
    {
        using var directory = new TemporaryDirectory();
        await using SecretStore store = onDisk
            ? await SecretStore.OpenAsync(directory["store"], RootKey.FromFile(directory["root.key"]))
            : SecretStore.CreateInMemory();
        await FillAsync(store);
        var wrong = new ConcurrentQueue<string>();
        bool stop = false;
        int started = 0;
        Thread[] threads = [.. Enumerable.Range(0, ThreadCount).Select(thread => new Thread(() =>
        {
            try
            {
                for (int i = 0; !Volatile.Read(ref stop); i++)
                {
                    string name = $"n-{((i * ThreadCount) + thread) % SecretCount}";
                    using SecretValue value = SecretValue.FromText($"{name} {i}");
                    store.PutSecretValueAsync(name, value).AsTask().GetAwaiter().GetResult();
                    Expect(name, $"{name} {i}");
                    name = $"n-{(i * 7) % SecretCount}";
                    Expect(name, $"{name} ");
                    Interlocked.Increment(ref started);
                }
            }
            catch (Exception exception)
            {
                wrong.Enqueue(exception.ToString());
            }
        }))];
        Array.ForEach(threads, static thread => thread.Start());
        for (int round = 0; round < 3; round++)
        {
            int before = Volatile.Read(ref started);
            await store.Keys.RotateKeyAsync("default");
            await store.Keys.RewrapAsync();
            SpinWait.SpinUntil(() => Volatile.Read(ref started) > before + ThreadCount || !wrong.IsEmpty, TimeSpan.FromSeconds(5));
        }

        Volatile.Write(ref stop, true);
        Array.ForEach(threads, static thread => thread.Join());
        RewrapResult last = await store.Keys.RewrapAsync();

        wrong.Should().BeEmpty();
        last.RemainingGenerations.Should().BeEmpty();
        (await store.Keys.GetKeyUsageAsync()).Select(usage => (usage.KeyId, usage.Generation)).Should().Equal(("default", 4));
        for (int i = 0; i < SecretCount; i++)
        {
            (await store.ReadTextAsync($"n-{i}")).Should().StartWith($"n-{i} ");
        }

        void Expect(string name, string beginning)
        {
            using SecretValueResult result = store.GetSecretValue(name);
            if (!result.Value.RevealText().StartsWith(beginning, StringComparison.Ordinal))
            {
                wrong.Enqueue($"{result.Value.RevealText()} is not {beginning}");
            }
        }
    }

    [Test]
    public async Task Rewrap_ByTwoInstancesAtOnce_RewrapsEveryVersionOnce()
    {
        using var directory = new TemporaryDirectory();
        await using SecretStore first = await SecretStore.OpenAsync(directory["store"], RootKey.FromFile(directory["root.key"]));
        await FillAsync(first);
        await using SecretStore second = await SecretStore.OpenAsync(directory["store"], RootKey.FromFile(directory["root.key"]));
        await first.Keys.RotateKeyAsync("default");

        RewrapResult[] results = await Task.WhenAll(
            Task.Run(() => first.Keys.RewrapAsync().AsTask()),
            Task.Run(() => second.Keys.RewrapAsync().AsTask()));

        results.Sum(result => result.Rewrapped).Should().Be(SecretCount);
        (await second.Keys.RewrapAsync()).RemainingGenerations.Should().BeEmpty();
        (await first.Keys.GetKeyUsageAsync()).Should().Equal(new KeyUsage("default", 2, SecretCount));
        for (int i = 0; i < SecretCount; i++)
        {
            (await first.ReadTextAsync($"n-{i}")).Should().Be($"n-{i} 0");
            (await second.ReadTextAsync($"n-{i}")).Should().Be($"n-{i} 0");
        }
    }

    [Test]
    public async Task Rewrap_OtherInstanceReads_FollowsTheDroppedGeneration()
    {
        using var directory = new TemporaryDirectory();
        await using SecretStore writer = await SecretStore.OpenAsync(directory["store"], RootKey.FromFile(directory["root.key"]));
        await writer.CreateTextAsync("name", "value");
        await using SecretStore reader = await SecretStore.OpenAsync(directory["store"], RootKey.FromFile(directory["root.key"]));
        (await reader.ReadTextAsync("name")).Should().Be("value");

        await writer.Keys.RotateKeyAsync("default");
        (await writer.Keys.RewrapAsync()).DroppedGenerations.Should().HaveCount(1);

        (await reader.ReadTextAsync("name")).Should().Be("value");
        await reader.PutTextAsync("name", "new");
        (await writer.ReadTextAsync("name")).Should().Be("new");
    }

    private static async Task FillAsync(SecretStore store)
    {
        for (int i = 0; i < SecretCount; i++)
        {
            await store.CreateTextAsync($"n-{i}", $"n-{i} 0");
        }
    }
}
