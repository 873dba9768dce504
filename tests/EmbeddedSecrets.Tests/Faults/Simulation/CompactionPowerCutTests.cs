using System.Globalization;
using EmbeddedSecrets.Tests.Repositories;

namespace EmbeddedSecrets.Tests.Faults.Simulation;

/// <summary>Cuts the power at every call of a store's life with compactions in it: nothing acknowledged is lost, and nothing is half.</summary>
[TestFixture]
public sealed class CompactionPowerCutTests : SimulationTest
{
    private static int ImagesWanted => Full ? 8 : 2;

    [Test]
    public async Task Cut_AtAnyCall_KeepsWhatWasAcknowledged([Values] bool anchored)
    {
        (SimulatedDisk whole, _) = await PlayAsync(new StoreOracle { IsAnchored = anchored }, null);
        whole.Names.Keys.Should().Equal("log-0000000000000003.ess");
        foreach (int call in Sample(Enumerable.Range(1, whole.Calls.Count), 25))
        {
            (SimulatedDisk disk, StoreOracle oracle) = await PlayAsync(new StoreOracle { IsAnchored = anchored }, FaultPlan.Once(DiskFault.Crash, call));
            disk.Crashed.Should().BeTrue();
            await RecoverAllAsync(disk, oracle, $"{whole.Calls[call - 1]}");
        }
    }

    /// <summary>The flush of a commit fails, its compaction heals: until then the commit is there wholly or not at all, and then it is not.</summary>
    [Test]
    public async Task Cut_AtAnyCallOfAHealing_KeepsWhatWasAcknowledged([Values] bool anchored)
    {
        (SimulatedDisk whole, int from) = await PlayHealingAsync(new SimulatedDisk(Seed), new StoreOracle { IsAnchored = anchored }, 0);
        foreach (int call in Sample(Enumerable.Range(from, whole.Calls.Count - from + 1), 12))
        {
            var disk = new SimulatedDisk(Seed);
            var oracle = new StoreOracle { IsAnchored = anchored };
            await PlayHealingAsync(disk, oracle, call);
            await RecoverAllAsync(disk, oracle, $"{whole.Calls[call - 1]}");
        }
    }

    [Test]
    public async Task Cut_WhileMuchIsCopied_KeepsWhatWasAcknowledged()
    {
        (SimulatedDisk whole, _, int from) = await PlayLargeAsync(0);
        foreach (int call in Sample(Enumerable.Range(from, whole.Calls.Count - from + 1), 3, wantedWhenFull: 10))
        {
            (SimulatedDisk disk, StoreOracle oracle, _) = await PlayLargeAsync(call);
            await RecoverAllAsync(disk, oracle, $"{whole.Calls[call - 1]}");
        }
    }

    [Test]
    public async Task Cut_AgainAndAgain_KeepsWhatWasAcknowledged([Values] bool anchored)
    {
        for (int history = 0; history < (Full ? 200 : 6); history++)
        {
            int seed = Random.Next();
            var disk = new SimulatedDisk(seed);
            var oracle = new StoreOracle { IsAnchored = anchored };
            for (int round = 0; round < 6; round++)
            {
                int rounds = round;
                disk.Plan = FaultPlan.Once(DiskFault.Crash, Random.Next(1, 90));
                await AtAsync($"history {history} with seed {seed}, round {round}", () => UntilCrashAsync(async () =>
                {
                    var store = new SimulatedStore(disk, oracle, seed + rounds);
                    await store.OpenAsync();
                    await store.CommitAllAsync(2);
                    (await store.CompactAsync(2)).Should().BeNull();
                    await store.CommitAllAsync(2);
                    (await store.CompactAsync(1)).Should().BeNull();
                    await store.CloseAsync();
                }));
                (string What, SimulatedDisk Disk)[] images = [.. CrashImages.Of(disk, Random, 2)];
                disk = images[Random.Next(images.Length)].Disk;
            }

            await RecoverAsync(disk, oracle, cuts: 0, compacts: true);
        }
    }

    /// <summary>Both names and what is made, with any name flushed: the newest whole log counts, others go.</summary>
    [Test]
    public async Task Open_TwoGenerationsAndAnUnfinishedOne_TheNewestCounts()
    {
        (SimulatedDisk disk, StoreOracle oracle) = await PlayAsync(new StoreOracle(), null);
        byte[] newest = disk.Names.Values.Single().Durable.ToArray();
        foreach (int length in Sample(Enumerable.Range(0, newest.Length), 20, wantedWhenFull: 500))
        {
            var image = new SimulatedDisk(Seed,
            [
                KeyValuePair.Create("log-0000000000000002.ess", newest[..length]),
                KeyValuePair.Create("log-0000000000000003.ess", newest),
                KeyValuePair.Create("log-0000000000000004.ess.0123abcd.tmp", newest[..length]),
            ]);
            await AtAsync($"length {length}", () => RecoverAsync(image, oracle.Copy(), cuts: 0, compacts: true));
            image.Names.Keys.Should().Equal("log-0000000000000003.ess");
        }
    }

    private async Task RecoverAllAsync(SimulatedDisk disk, StoreOracle oracle, string place)
    {
        foreach ((string what, SimulatedDisk image) in Sample(CrashImages.Of(disk, Random, ImagesWanted), 2, wantedWhenFull: 6))
        {
            await AtAsync($"{place}, {what}", () => RecoverAsync(image, oracle.Copy(), cuts: 1, compacts: true));
        }
    }

    /// <summary>Commits before a compaction, in it, and after it; and another compaction.</summary>
    private async Task<(SimulatedDisk Disk, StoreOracle Oracle)> PlayAsync(StoreOracle oracle, Func<DiskCall, DiskFault>? plan)
    {
        var disk = new SimulatedDisk(Seed) { Plan = plan };
        await UntilCrashAsync(async () =>
        {
            var store = new SimulatedStore(disk, oracle, Seed);
            await store.OpenAsync();
            await store.CommitAllAsync(2);
            (await store.CompactAsync(2)).Should().BeNull();
            await store.CheckAsync();
            await store.CommitAllAsync(1);
            (await store.CompactAsync()).Should().BeNull();
            await store.CheckAsync();
            await store.CloseAsync();
        });
        return (disk, oracle);
    }

    /// <summary>Returns the number of the call that fails, too.</summary>
    private async Task<(SimulatedDisk Disk, int From)> PlayHealingAsync(SimulatedDisk disk, StoreOracle oracle, int crash)
    {
        int failed = 0;
        await UntilCrashAsync(async () =>
        {
            var store = new SimulatedStore(disk, oracle, Seed);
            await store.OpenAsync();
            await store.CommitAllAsync(2);
            disk.Plan = call =>
            {
                if (call.Number == crash)
                {
                    return DiskFault.Crash;
                }

                bool fails = failed == 0 && call.Kind == DiskCallKind.FlushData;
                failed = fails ? call.Number : failed;
                return fails ? DiskFault.Fail : DiskFault.None;
            };
            (await store.CommitAsync())!.Code.Should().Be(SecretStoreErrorCodes.OutcomeUnknown);
            (await store.CommitAsync())!.Code.Should().Be(SecretStoreErrorCodes.WritesStopped);
            await store.CheckAsync();
            (await store.CompactAsync(1)).Should().BeNull();
            await store.CheckAsync();
            await store.CommitAllAsync(1);
            await store.CloseAsync();
        });
        return (disk, failed + 1);
    }

    /// <summary>More than a chunk, with commits that replace and drop what is copied and what is not yet.</summary>
    private async Task<(SimulatedDisk Disk, StoreOracle Oracle, int From)> PlayLargeAsync(int crash)
    {
        const int Large = 24;
        var disk = new SimulatedDisk(Seed);
        var oracle = new StoreOracle();
        int from = 0;
        await UntilCrashAsync(async () =>
        {
            var store = new SimulatedStore(disk, oracle, Seed);
            await store.OpenAsync();
            (await store.CommitAsync(LargeCommit(Large))).Should().BeNull();
            await store.CommitAllAsync(2);
            from = disk.Calls.Count + 1;
            disk.Plan = FaultPlan.Once(DiskFault.Crash, crash);
            (await store.CompactAsync(2)).Should().BeNull();
            await store.CheckAsync();
            await store.CommitAllAsync(1);
            await store.CloseAsync();
        });
        return (disk, oracle, from);
    }

    private static RepositoryCommit LargeCommit(int count) => Samples.Commit([.. Enumerable.Range(0, count).Select(static i =>
        Samples.Create("name/" + i.ToString(CultureInfo.InvariantCulture), new byte[300], (new UniqueId(77, (ulong)i), Filled(i))))]);

    private static byte[] Filled(int i)
    {
        var bytes = new byte[60_000];
        bytes.AsSpan().Fill((byte)i);
        return bytes;
    }
}
