namespace EmbeddedSecrets.Tests.Faults.Simulation;

/// <summary>Fails every call of a compaction, once and for ever: errors are typed, nothing is lost, and a further compaction heals.</summary>
[TestFixture]
public sealed class CompactionFailureTests : SimulationTest
{
    [Test]
    public async Task Fail_AnyCallOnce_IsTypedAndTheStoreGoesOn([Values] bool halfWritten) =>
        await SweepAsync(call => FaultPlan.Once(halfWritten && call.Kind == DiskCallKind.Write ? DiskFault.Short : DiskFault.Fail, call.Number));

    [Test]
    public async Task Fail_EveryCallFromAnyOnwards_HealsOnceTheCauseIsGone() =>
        await SweepAsync(static call => FaultPlan.FromThenOn(call.Number));

    [Test]
    public async Task Fail_EveryCallOfAKindFromAnyOnwards_HealsOnceTheCauseIsGone() =>
        await SweepAsync(static call => FaultPlan.KindFromThenOn(call.Number, call.Kind));

    private async Task SweepAsync(Func<DiskCall, Func<DiskCall, DiskFault>> planOf)
    {
        (DiskCall[] calls, _, _) = await LiveAsync(null, anchored: false);
        int failed = 0;
        int stopped = 0;
        DiskCall[] names = [.. calls.Where(static call => call.Kind is DiskCallKind.Rename or DiskCallKind.FlushNames)];
        for (int pass = 0; pass < (Full ? 6 : 2); pass++)
        {
            foreach (DiskCall call in names.Concat(Sample(calls.Except(names), 6)))
            {
                await AtAsync($"{call}", async () =>
                {
                    (_, bool hasFailed, bool hasStopped) = await LiveAsync(planOf(call), anchored: pass % 2 == 1);
                    failed += hasFailed ? 1 : 0;
                    stopped += hasStopped ? 1 : 0;
                });
            }
        }

        TestContext.Out.WriteLine($"{calls.Length} calls of a compaction, {failed} compactions failed, {stopped} times writing had stopped");
        failed.Should().BePositive();
        stopped.Should().BePositive("a rename that fails stops writing");
    }

    /// <summary>One life with a fault in its compaction; then the cause is gone, and the store goes on without being opened again.</summary>
    private async Task<(DiskCall[] Calls, bool Failed, bool Stopped)> LiveAsync(Func<DiskCall, DiskFault>? plan, bool anchored)
    {
        var disk = new SimulatedDisk(Seed);
        var oracle = new StoreOracle { IsAnchored = anchored };
        var store = new SimulatedStore(disk, oracle, Seed);
        await store.OpenAsync();
        await store.CommitAllAsync(2);
        int before = disk.Calls.Count;
        disk.Plan = plan;
        SecretStoreException? failure = await store.CompactAsync(2);
        DiskCall[] calls = [.. disk.Calls.Skip(before)];
        await store.CheckAsync();
        await DieAsync(disk, oracle);

        SecretStoreException? during = await store.CommitAsync();
        await store.CheckAsync();
        disk.Plan = null;
        SecretStoreException? after = await store.CommitAsync();
        await store.CheckAsync();
        await DieAsync(disk, oracle);
        if (after is not null)
        {
            after.Code.Should().Be(SecretStoreErrorCodes.WritesStopped);
            (failure ?? during).Should().NotBeNull("somebody was told before");
        }

        (await store.CompactAsync(1)).Should().BeNull("the cause is gone");
        await store.CheckAsync();
        await store.CommitAllAsync(1);
        disk.Names.Should().ContainSingle("a compaction that ended leaves nothing else");
        await DieAsync(disk, oracle);
        await store.CloseAsync();
        await RecoverAsync(disk.AfterPowerCut(), oracle.Copy(), cuts: 0, compacts: true);
        return (calls, failure is not null, after is not null);
    }

    /// <summary>The power goes now, too.</summary>
    private async Task DieAsync(SimulatedDisk disk, StoreOracle oracle)
    {
        foreach ((string what, SimulatedDisk image) in Sample(CrashImages.Of(disk, Random, 1), 1, wantedWhenFull: 3))
        {
            await AtAsync(what, () => RecoverAsync(image, oracle.Copy(), cuts: 0));
        }
    }
}
