namespace EmbeddedSecrets.Tests.Faults.Simulation;

/// <summary>Cuts the power at every call of a store's life and of its recoveries: nothing acknowledged is lost.</summary>
[TestFixture]
public sealed class PowerCutTests : SimulationTest
{
    private static int ImagesWanted => Full ? 8 : 2;

    [Test]
    public async Task Cut_AtAnyCall_KeepsWhatWasAcknowledged()
    {
        (SimulatedDisk whole, _) = await PlayAsync(Seed);
        for (int call = 1; call <= whole.Calls.Count; call++)
        {
            (SimulatedDisk disk, StoreOracle oracle) = await PlayAsync(Seed, FaultPlan.Once(DiskFault.Crash, call));
            disk.Crashed.Should().BeTrue();
            foreach ((string what, SimulatedDisk image) in Sample(CrashImages.Of(disk, Random, ImagesWanted), 6, wantedWhenFull: 20))
            {
                await AtAsync($"{whole.Calls[call - 1]}, {what}", () => RecoverAsync(image, oracle.Copy(), cuts: 1));
            }
        }
    }

    [Test]
    public async Task Cut_AgainAndAgain_KeepsWhatWasAcknowledged()
    {
        for (int history = 0; history < (Full ? 1000 : 25); history++)
        {
            int seed = Random.Next();
            var disk = new SimulatedDisk(seed);
            var oracle = new StoreOracle();
            for (int round = 0; round < 6; round++)
            {
                int rounds = round;
                disk.Plan = FaultPlan.Once(DiskFault.Crash, Random.Next(1, 30));
                await AtAsync($"history {history} with seed {seed}, round {round}", () => UntilCrashAsync(async () =>
                {
                    var store = new SimulatedStore(disk, oracle, seed + rounds);
                    await store.OpenAsync();
                    await store.CommitAllAsync(6);
                    await store.CloseAsync();
                }));
                (string What, SimulatedDisk Disk)[] images = [.. CrashImages.Of(disk, Random, 2)];
                disk = images[Random.Next(images.Length)].Disk;
            }

            await RecoverAsync(disk, oracle, cuts: 0);
        }
    }

    [Test]
    public async Task Cut_WithLyingFlushes_IsCaughtByTheOracle()
    {
        (SimulatedDisk whole, _) = await PlayAsync(Seed);
        int caught = 0;
        for (int call = 1; call <= whole.Calls.Count; call++)
        {
            int last = call;
            (SimulatedDisk disk, StoreOracle oracle) = await PlayAsync(Seed, c => c.Number == last ? DiskFault.Crash : FaultPlan.LyingFlushes(c));
            try
            {
                await RecoverAsync(disk.AfterPowerCut(), oracle, cuts: 0);
            }
            catch (Exception exception) when (exception is LostWriteException or SecretStoreIntegrityException)
            {
                caught++;
            }
        }

        caught.Should().BeGreaterThan(CommitCount, "a disk that lies loses each commit");
    }

    [Test]
    public async Task Cut_InTheBatchOfSeveralCallers_KeepsAllOfItOrNothing()
    {
        (SimulatedDisk whole, _, _) = await PlayBatchAsync(null);
        for (int call = 1; call <= whole.Calls.Count; call++)
        {
            (SimulatedDisk disk, StoreOracle oracle, _) = await PlayBatchAsync(FaultPlan.Once(DiskFault.Crash, call));
            foreach ((string what, SimulatedDisk image) in Sample(CrashImages.Of(disk, Random, ImagesWanted), 6, wantedWhenFull: 20))
            {
                await AtAsync($"{whole.Calls[call - 1]}, {what}", () => RecoverAsync(image, oracle.Copy(), cuts: 0));
            }
        }
    }

    [Test]
    public async Task Play_SameSeed_MakesTheSameCalls()
    {
        (SimulatedDisk first, StoreOracle one) = await PlayAsync(Seed);
        (SimulatedDisk second, StoreOracle two) = await PlayAsync(Seed);

        second.Calls.Should().Equal(first.Calls);
        two.Acknowledged!.Describe().Should().Be(one.Acknowledged!.Describe());
        (await PlayBatchAsync(null)).Flushes.Should().Be(2, "one for the leader, one for all others");
    }

    /// <summary>A leader whose flush lets four others come, so that they make one batch: without a race.</summary>
    private async Task<(SimulatedDisk Disk, StoreOracle Oracle, int Flushes)> PlayBatchAsync(Func<DiskCall, DiskFault>? plan)
    {
        var disk = new SimulatedDisk(Seed);
        var oracle = new StoreOracle();
        var store = new SimulatedStore(disk, oracle, Seed);
        await store.OpenAsync();
        await store.CommitAllAsync(1);
        int opened = disk.Calls.Count;
        disk.Calls.Clear();

        RepositoryCommit first = store.Draw();
        StoreModel state = oracle.Acknowledged!.Apply(first);
        var generator = new CommitGenerator(new Random(Seed));
        List<(RepositoryCommit Commit, Task<long> Task)> followers = [];
        disk.Plan = call =>
        {
            if (call.Kind == DiskCallKind.FlushData && followers.Count == 0)
            {
                for (int i = 0; i < 4; i++)
                {
                    RepositoryCommit commit = Plain(generator, state);
                    state = state.Apply(commit);
                    followers.Add((commit, store.Repository.CommitAsync(commit).AsTask()));
                }
            }

            return plan?.Invoke(call) ?? DiskFault.None;
        };
        await UntilCrashAsync(async () => await store.CommitAsync(first));
        if (oracle.Undecided)
        {
            // The power went under the leader: the others never reached the disk, whatever they were told.
            await Task.WhenAll(followers.Select(static follower => follower.Task)).ContinueWith(static ended => _ = ended.Exception, TaskScheduler.Default);
            return (disk, oracle, 0);
        }

        followers.ForEach(follower => oracle.Begin(follower.Commit));
        foreach ((RepositoryCommit commit, Task<long> task) in followers)
        {
            await UntilCrashAsync(async () => oracle.Acknowledge(commit, await task));
        }

        opened.Should().BePositive();
        return (disk, oracle, disk.Calls.Count(static call => call.Kind == DiskCallKind.FlushData));
    }

    /// <summary>Without a header, which would end the batch.</summary>
    private static RepositoryCommit Plain(CommitGenerator generator, StoreModel state)
    {
        RepositoryCommit commit;
        do
        {
            commit = generator.Next(state);
        }
        while (commit.NewHeader is not null);

        return commit;
    }
}
