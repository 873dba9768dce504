namespace EmbeddedSecrets.Tests.Faults.Simulation;

/// <summary>Fails every call of a store's life, once and for ever: errors are typed, nothing acknowledged is lost, and the store goes on.</summary>
[TestFixture]
public sealed class FailureTests : SimulationTest
{
    private SimulatedDisk _whole = null!;

    [SetUp]
    public async Task CountCalls() => (_whole, _) = await PlayAsync(Seed);

    [Test]
    public async Task Fail_AnyCallOnce_IsTypedAndTheStoreGoesOn() =>
        await SweepAsync(static call => FaultPlan.Once(DiskFault.Fail, call.Number), lasting: false);

    [Test]
    public async Task Fail_AnyWriteAfterItsFirstHalf_IsTypedAndTheStoreGoesOn() =>
        await SweepAsync(static call => FaultPlan.Once(DiskFault.Short, call.Number), lasting: false);

    [Test]
    public async Task Fail_EveryCallFromAnyOnwards_LosesNothing() =>
        await SweepAsync(static call => FaultPlan.FromThenOn(call.Number), lasting: true);

    [Test]
    public async Task Fail_EveryCallOfAKindFromAnyOnwards_LosesNothing() =>
        await SweepAsync(static call => FaultPlan.KindFromThenOn(call.Number, call.Kind), lasting: true);

    [Test]
    public async Task Fail_AnyCallOfARecovery_IsTypedAndTheNextOneSucceeds()
    {
        for (int history = 0; history < (Full ? 200 : 40); history++)
        {
            (SimulatedDisk disk, StoreOracle oracle) = await PlayAsync(Seed, FaultPlan.Once(DiskFault.Crash, Random.Next(1, _whole.Calls.Count + 1)));
            (string what, SimulatedDisk image) = Random.GetItems(CrashImages.Of(disk, Random, 4).ToArray(), 1)[0];
            SimulatedDisk counted = image.AfterPowerCut();
            await new SimulatedStore(counted, oracle.Copy(), Seed).OpenAsync();
            foreach (DiskCall call in counted.Calls)
            {
                SimulatedDisk failing = image.AfterPowerCut();
                failing.Plan = FaultPlan.Once(DiskFault.Fail, call.Number);
                await AtAsync($"{what}, {call}", () => ReopenAsync(failing, oracle.Copy()));
            }
        }
    }

    private async Task SweepAsync(Func<DiskCall, Func<DiskCall, DiskFault>> planOf, bool lasting)
    {
        for (int pass = 0; pass < (Full ? 20 : 3); pass++)
        {
            foreach (DiskCall call in _whole.Calls)
            {
                var disk = new SimulatedDisk(Random.Next()) { Plan = planOf(call) };
                await AtAsync($"{call}", () => LiveAsync(disk, lasting));
            }
        }
    }

    /// <summary>One life with a fault in it; then the cause is gone, and the store is opened from the cache, and from the disk.</summary>
    private async Task LiveAsync(SimulatedDisk disk, bool lasting)
    {
        var oracle = new StoreOracle();
        var store = new SimulatedStore(disk, oracle, Seed);
        if (await OpensAsync(store) || (!lasting && await OpensAsync(store)))
        {
            bool stopped = false;
            for (int i = 0; i < CommitCount; i++)
            {
                stopped |= await CommitAsync(store, stopped, lasting);
                await store.CheckAsync();
            }
        }

        await store.CloseAsync();
        disk.Plan = null;
        await DieAsync(disk, oracle.Copy());
        await ReopenAsync(disk, oracle);
    }

    /// <summary>Returns whether writing has stopped.</summary>
    private static async Task<bool> CommitAsync(SimulatedStore store, bool stopped, bool lasting)
    {
        RepositoryCommit commit = store.Draw();
        SecretStoreException? failure = await store.CommitAsync(commit);
        if (stopped)
        {
            failure!.Code.Should().Be(SecretStoreErrorCodes.WritesStopped);
            return true;
        }

        if (failure?.Code == SecretStoreErrorCodes.ServiceUnavailable && !lasting)
        {
            (await store.CommitAsync(commit)).Should().BeNull("nothing was changed and the cause is gone");
        }

        return failure?.Code is SecretStoreErrorCodes.WritesStopped or SecretStoreErrorCodes.OutcomeUnknown;
    }

    private static async Task<bool> OpensAsync(SimulatedStore store)
    {
        try
        {
            await store.OpenAsync();
            return true;
        }
        catch (SecretStoreUnavailableException)
        {
            return false;
        }
    }

    /// <summary>The power goes now, too.</summary>
    private async Task DieAsync(SimulatedDisk disk, StoreOracle oracle)
    {
        foreach ((string what, SimulatedDisk image) in CrashImages.Of(disk, Random, 1))
        {
            await AtAsync(what, () => ReopenAsync(image, oracle.Copy()));
        }
    }

    /// <summary>Opens, at the second try if need be, works on, and loses the power.</summary>
    private async Task ReopenAsync(SimulatedDisk disk, StoreOracle oracle)
    {
        var store = new SimulatedStore(disk, oracle, Seed + 1);
        if (!await OpensAsync(store))
        {
            await store.OpenAsync();
        }

        await store.CommitAllAsync(2);
        await new SimulatedStore(disk.AfterPowerCut(), oracle.Copy(), Seed).OpenAsync();
        await store.CloseAsync();
        await new SimulatedStore(disk.AfterPowerCut(), oracle, Seed).OpenAsync();
    }
}
