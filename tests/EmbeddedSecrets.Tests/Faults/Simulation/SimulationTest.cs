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

    /// <summary>All of them when everything is run, else some.</summary>
    private protected T[] Sample<T>(IEnumerable<T> all, int wanted)
    {
        T[] items = [.. all];
        if (Full || items.Length <= wanted)
        {
            return items;
        }

        Random.Shuffle(items);
        return items[..wanted];
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
