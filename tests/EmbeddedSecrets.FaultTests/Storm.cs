using System.Diagnostics;

namespace EmbeddedSecrets.FaultTests;

/// <summary>Several <see cref="StormChild"/> processes on one store, with the history that they tell.</summary>
internal sealed class Storm(string directory, string keyFile, int names) : IAsyncDisposable
{
    private readonly List<(LiveChild Child, Task Reading, string Role)> _running = [];
    private readonly System.Collections.Concurrent.ConcurrentDictionary<int, bool> _killed = [];
    private int _started;

    public RecordedHistory History { get; } = new();

    public int Running => _running.Count;

    public int Kills { get; private set; }

    /// <summary>Makes the store and what all share, and lets everybody be told of what one was acknowledged.</summary>
    public async Task CreateStoreAsync()
    {
        await using SecretStore store = await SecretStore.OpenAsync(directory, RootKey.FromFile(keyFile));

        // Many at once share a flush.
        await Parallel.ForAsync(0, names, new ParallelOptions { MaxDegreeOfParallelism = 256 }, async (number, cancellationToken) =>
        {
            using SecretValue value = SecretValue.FromText(RecordedHistory.FirstValue);
            (await store.CreateSecretAsync(StormChild.NameOf(number), value, cancellationToken: cancellationToken)).Revision.Number.Should().Be(1);
        });
    }

    /// <summary>Starts processes and returns when all have the store open.</summary>
    public async Task StartAsync(int count, string role = StormChild.Writer)
    {
        List<Task> opened = [];
        for (int i = 0; i < count; i++)
        {
            var child = LiveChild.Start("storm", directory, keyFile, $"{_started++}", $"{names}", role);
            var first = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Task reading = Task.Run(async () =>
            {
                await child.ReadAllAsync(line =>
                {
                    History.Read(line);
                    first.TrySetResult();
                });
                first.TrySetResult();
                if (!_killed.ContainsKey(child.Id))
                {
                    History.Read("a process ended by itself;");
                }
            });
            _running.Add((child, reading, role));
            opened.Add(first.Task);
        }

        await Task.WhenAll(opened);
    }

    /// <summary>Tells all processes what one was acknowledged, for some of the acknowledgements: each then reads nothing older.</summary>
    public async Task TellAsync(string name, long revision)
    {
        foreach ((LiveChild child, _, _) in _running.ToArray())
        {
            await child.TellAsync(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{name} {revision}"));
        }
    }

    /// <summary>The process that holds the right to write, or held it last, as the shared page tells; else the one that is given.</summary>
    public int HolderOr(int which)
    {
        const int HolderOffset = 200;
        byte[] page = File.ReadAllBytes(Path.Combine(directory, "store.page"));
        long holder = System.Buffers.Binary.BinaryPrimitives.ReadInt64LittleEndian(page.AsSpan(HolderOffset));
        int found = _running.FindIndex(running => running.Child.Id == holder);
        return found >= 0 ? found : which;
    }

    /// <summary>The process that has a role.</summary>
    public int IndexOf(string role) => _running.FindIndex(running => running.Role == role);

    /// <summary>Kills one process and reads what it told before.</summary>
    /// <returns>What it did.</returns>
    public async Task<string> KillAsync(int which)
    {
        (LiveChild child, Task reading, string role) = _running[which];
        _running.RemoveAt(which);
        _killed[child.Id] = true;
        child.Kill();
        await reading;
        await child.DisposeAsync();
        Kills++;
        return role;
    }

    /// <summary>Lets all processes end in order.</summary>
    public async Task EndAsync()
    {
        foreach ((LiveChild child, _, _) in _running)
        {
            _killed[child.Id] = true;
            child.EndInput();
        }

        foreach ((LiveChild child, Task reading, _) in _running)
        {
            await reading;
            await child.WaitForEndAsync();
        }
    }

    public async Task KillAllAsync()
    {
        foreach ((LiveChild child, _, _) in _running)
        {
            _killed[child.Id] = true;
            child.Kill();
        }

        while (_running.Count > 0)
        {
            await KillAsync(0);
        }
    }

    /// <summary>Opens the store, at once, and compares all of it with the history.</summary>
    /// <returns>What the opening found.</returns>
    public async Task<RecoveryReport> CheckAsync()
    {
        History.Check();
        long start = Stopwatch.GetTimestamp();
        await using SecretStore store = await SecretStore.OpenAsync(directory, RootKey.FromFile(keyFile));
        Stopwatch.GetElapsedTime(start).Should().BeLessThan(TimeSpan.FromSeconds(2), "nobody holds anything any more");
        for (int number = 0; number < names; number++)
        {
            string name = StormChild.NameOf(number);
            using SecretValueResult stored = await store.GetSecretValueAsync(name);
            History.CheckStored(name, stored.Revision.Number, stored.Value.RevealText());
            using SecretValue value = SecretValue.FromText("last");
            await store.PutSecretValueAsync(name, value, new PutSecretValueOptions { ExpectedRevision = stored.Revision });
        }

        return store.Recovery!;
    }

    public async ValueTask DisposeAsync()
    {
        foreach ((LiveChild child, _, _) in _running)
        {
            await child.DisposeAsync();
        }
    }
}
