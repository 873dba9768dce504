using System.Collections.Concurrent;

namespace EmbeddedSecrets.Tests.Pipeline;

/// <summary>Many threads on one store: every value right, no update lost, no version twice.</summary>
[TestFixture]
public sealed class ConcurrencyTests
{
    private TemporaryDirectory _directory = null!;
    private SecretStore _store = null!;

    [SetUp]
    public async Task SetUp()
    {
        _directory = new TemporaryDirectory();
        _store = await SecretStore.OpenAsync(_directory["store"], RootKey.FromFile(_directory["root.key"]));
    }

    [TearDown]
    public async Task TearDown()
    {
        await _store.DisposeAsync();
        _directory.Dispose();
    }

    [Test]
    public async Task Get_EightThreadsForSomeSeconds_EveryValueIsRight()
    {
        const int names = 40;
        for (int i = 0; i < names; i++)
        {
            using SecretValue value = SecretValue.FromText(Expected(i, 1));
            await _store.CreateSecretAsync($"name-{i}", value);
        }

        var wrong = new ConcurrentQueue<string>();
        long end = Environment.TickCount64 + 2_000;
        int reads = 0;
        Thread[] threads = [.. Enumerable.Range(0, 8).Select(thread => new Thread(() =>
        {
            for (int i = thread; Environment.TickCount64 < end; i++)
            {
                int number = i % names;
                using SecretValueResult result = _store.GetSecretValue($"name-{number}");
                string text = result.Value.RevealText();
                Interlocked.Increment(ref reads);
                if (!text.StartsWith($"value {number} ", StringComparison.Ordinal))
                {
                    wrong.Enqueue(text);
                }

                if (thread == 0 && i % 8 == 0)
                {
                    using SecretValue value = SecretValue.FromText(Expected(number, i));
                    _store.PutSecretValueAsync($"name-{number}", value).AsTask().GetAwaiter().GetResult();
                }
            }
        }))];
        foreach (Thread thread in threads)
        {
            thread.Start();
        }

        foreach (Thread thread in threads)
        {
            thread.Join();
        }

        TestContext.Out.WriteLine($"{reads} reads");
        wrong.Should().BeEmpty();
        reads.Should().BeGreaterThan(1_000);

        static string Expected(int number, int round) => $"value {number} of round {round} {new string('x', number * 17)}";
    }

    [Test]
    public async Task Put_SixtyFourWritersOfOneName_EveryVersionIsWrittenOnce()
    {
        using (SecretValue value = SecretValue.FromText("first"))
        {
            await _store.CreateSecretAsync("shared", value);
        }

        SecretVersionDescription[] versions = await Task.WhenAll(Enumerable.Range(0, 64).Select(i => Task.Run(async () =>
        {
            using SecretValue value = SecretValue.FromText($"writer {i}");
            return await _store.PutSecretValueAsync("shared", value);
        })));

        versions.Select(v => v.VersionId).Should().OnlyHaveUniqueItems();
        versions.Select(v => v.Revision).Should().OnlyHaveUniqueItems();
        (await _store.DescribeSecretAsync("shared")).CurrentVersionId.Should().Be("v65");
        (await _store.ListSecretVersionIdsAsync("shared", includeDeprecated: true)).Should().HaveCount(10);
    }

    [Test]
    public async Task Update_ExpectedRevision_ExactlyOneWins()
    {
        SecretRevision revision;
        using (SecretValue value = SecretValue.FromText("first"))
        {
            revision = (await _store.CreateSecretAsync("raced", value)).Revision;
        }

        string[] outcomes = await Task.WhenAll(Enumerable.Range(0, 32).Select(i => Task.Run(async () =>
        {
            try
            {
                await _store.UpdateSecretAsync("raced", new UpdateSecretOptions { Description = $"writer {i}", ExpectedRevision = revision });
                return "won";
            }
            catch (SecretConflictException exception)
            {
                return exception.Code;
            }
        })));

        outcomes.Should().ContainSingle(outcome => outcome == "won");
        outcomes.Where(outcome => outcome != "won").Should().AllBe(SecretStoreErrorCodes.RevisionConflict);
    }

    [Test]
    public async Task GetSecretValues_WhileTwoNamesChangeTogether_SeesThemTogether()
    {
        foreach (string name in (string[])["left", "right"])
        {
            using SecretValue value = SecretValue.FromText("0");
            await _store.CreateSecretAsync(name, value);
        }

        using var stop = new CancellationTokenSource();
        Task writer = Task.Run(async () =>
        {
            // "left" is always written first, so at no moment is "right" ahead of it.
            for (int i = 1; !stop.IsCancellationRequested; i++)
            {
                foreach (string name in (string[])["left", "right"])
                {
                    using SecretValue value = SecretValue.FromText($"{i}");
                    await _store.PutSecretValueAsync(name, value);
                }
            }
        });
        for (int i = 0; i < 2_000; i++)
        {
            using SecretValueBatch batch = await _store.GetSecretValuesAsync(["right", "left"]);
            int left = int.Parse(batch.Values["left"].Value.RevealText(), System.Globalization.CultureInfo.InvariantCulture);
            int right = int.Parse(batch.Values["right"].Value.RevealText(), System.Globalization.CultureInfo.InvariantCulture);
            (left - right).Should().BeInRange(0, 1);
        }

        await stop.CancelAsync();
        await writer;
    }

    [Test]
    public async Task Dispose_WhileOthersWork_TheyFinishOrLearnThatItIsDisposed()
    {
        using (SecretValue value = SecretValue.FromText("value"))
        {
            await _store.CreateSecretAsync("name", value);
        }

        using var begun = new CountdownEvent(8);
        Task<int>[] workers = [.. Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            for (int done = 0; ; done++)
            {
                if (done == 1)
                {
                    begun.Signal();
                }

                try
                {
                    using SecretValueResult result = await _store.GetSecretValueAsync("name");
                    result.Value.RevealText().Should().Be("value");
                    using SecretValue value = SecretValue.FromText("value");
                    await _store.PutSecretValueAsync("name", value);
                }
                catch (ObjectDisposedException)
                {
                    return done;
                }
            }
        }))];
        begun.Wait();
        await _store.DisposeAsync();

        (await Task.WhenAll(workers)).Sum().Should().BePositive();
        await using SecretStore again = await SecretStore.OpenAsync(_directory["store"], RootKey.FromFile(_directory["root.key"]));
        again.Recovery!.WasClosed.Should().BeTrue();
    }
}
