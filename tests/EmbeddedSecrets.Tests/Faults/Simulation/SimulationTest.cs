using System.Globalization;
using System.Runtime.ExceptionServices;

namespace EmbeddedSecrets.Tests.Faults.Simulation;

/// <summary>What the fixtures over the simulated disk share: the seed, the sampling, and the history that is broken everywhere.</summary>
public abstract class SimulationTest
{
    protected const int CommitCount = 3;

    protected static readonly bool Full = Environment.GetEnvironmentVariable("EMBEDDEDSECRETS_FULL_TESTS") == "1";

    protected int Seed { get; private set; }

    protected Random Random { get; private set; } = null!;

    [SetUp]
    public void DrawSeed()
    {
        string? given = Environment.GetEnvironmentVariable("EMBEDDEDSECRETS_TEST_SEED");
        Seed = given is null ? Environment.TickCount : int.Parse(given, CultureInfo.InvariantCulture);
        TestContext.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"EMBEDDEDSECRETS_TEST_SEED={Seed}"));
        Random = new Random(Seed);
    }

    /// <summary>Some of them; when everything is run, all of them or as many more as there is time for.</summary>
    private protected T[] Sample<T>(IEnumerable<T> all, int wanted, int wantedWhenFull = int.MaxValue)
    {
        T[] items = [.. all];
        int count = Full ? wantedWhenFull : wanted;
        if (items.Length <= count)
        {
            return items;
        }

        Random.Shuffle(items);
        return items[..count];
    }

    /// <summary>Makes a store, commits, closes it: until the plan cuts the power, if it does.</summary>
    private protected static async Task<(SimulatedDisk Disk, StoreOracle Oracle)> PlayAsync(int seed, Func<DiskCall, DiskFault>? plan = null)
    {
        var disk = new SimulatedDisk(seed) { Plan = plan };
        var oracle = new StoreOracle();
        await UntilCrashAsync(async () =>
        {
            var store = new SimulatedStore(disk, oracle, seed);
            await store.OpenAsync();
            await store.CommitAllAsync(CommitCount);
            await store.CloseAsync();
        });
        return (disk, oracle);
    }

    /// <summary>Recovers, again to the same bytes, works on, compacts where it is told to, closes; and is cut at each call of the recovery itself.</summary>
    private protected async Task RecoverAsync(SimulatedDisk image, StoreOracle oracle, int cuts, bool compacts = false)
    {
        SimulatedDisk untouched = image.AfterPowerCut();
        StoreOracle before = oracle.Copy();
        await new SimulatedStore(image, oracle, Seed).OpenAsync();
        image.Contents.Should().OnlyContain(static content => content.Unsynced.Count == 0, "a recovery ends with a flush");

        SimulatedDisk again = image.AfterPowerCut();
        var store = new SimulatedStore(again, oracle, Seed + 1);
        await store.OpenAsync();
        again.Contents.Zip(image.Contents).All(static pair => pair.First.Durable.SequenceEqual(pair.Second.Durable)).Should().BeTrue("recovering twice gives the same bytes");
        await store.CommitAllAsync(1);
        if (compacts)
        {
            (await store.CompactAsync(1)).Should().BeNull();
            await store.CheckAsync();
            await store.CommitAllAsync(1);
        }

        await store.CloseAsync();
        var closed = new SimulatedStore(again.AfterPowerCut(), oracle, Seed);
        (await closed.OpenAsync()).WasClosed.Should().BeTrue();

        int[] calls = cuts == 0 ? [] : Sample(Enumerable.Range(1, image.Calls.Count), 2, wantedWhenFull: 5);
        foreach (int call in calls)
        {
            SimulatedDisk cut = untouched.AfterPowerCut();
            cut.Plan = FaultPlan.Once(DiskFault.Crash, call);
            StoreOracle known = before.Copy();
            await UntilCrashAsync(async () => await new SimulatedStore(cut, known, Seed).OpenAsync());
            foreach ((string what, SimulatedDisk next) in Sample(CrashImages.Of(cut, Random, 1), 2, wantedWhenFull: 3))
            {
                await AtAsync($"inside recovery, {image.Calls[call - 1]}, {what}", () => RecoverAsync(next, known.Copy(), cuts - 1, compacts));
            }
        }
    }

    private protected static async Task UntilCrashAsync(Func<Task> act)
    {
        try
        {
            await act();
        }
        catch (SimulatedCrashException)
        {
        }
    }

    /// <summary>Names where in a sweep something went wrong.</summary>
    private protected static async Task AtAsync(string place, Func<Task> act)
    {
        try
        {
            await act();
        }
        catch (Exception exception) when (exception is not SimulatedCrashException)
        {
            TestContext.Out.WriteLine(place);
            ExceptionDispatchInfo.Throw(exception);
        }
    }
}
