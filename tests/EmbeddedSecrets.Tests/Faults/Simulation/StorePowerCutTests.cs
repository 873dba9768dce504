namespace EmbeddedSecrets.Tests.Faults.Simulation;

/// <summary>The whole store, from its facade down, on a disk whose power goes at every call or whose calls fail.</summary>
[TestFixture]
public sealed class StorePowerCutTests : SimulationTest
{
    private const int Puts = 4;

    [Test]
    public async Task Cut_AtAnyCall_KeepsEveryPutThatReturned()
    {
        int calls = await PlayAsync(new SimulatedDisk(Seed), []);
        foreach (int call in Sample(Enumerable.Range(1, calls), 15))
        {
            var disk = new SimulatedDisk(Seed) { Plan = FaultPlan.Once(DiskFault.Crash, call) };
            List<string> returned = [];
            await UntilCrashAsync(async () => await PlayAsync(disk, returned));
            foreach ((string what, SimulatedDisk image) in Sample(CrashImages.Of(disk, Random, 1), 3))
            {
                await AtAsync($"call {call}, {what}", () => CheckAsync(image, returned));
            }
        }
    }

    [Test]
    public async Task Fail_AnyCall_IsTypedAndKeepsEveryPutThatReturned()
    {
        int calls = await PlayAsync(new SimulatedDisk(Seed), []);
        foreach (int call in Sample(Enumerable.Range(1, calls), 15))
        {
            var disk = new SimulatedDisk(Seed) { Plan = FaultPlan.Once(DiskFault.Fail, call) };
            List<string> returned = [];
            try
            {
                await PlayAsync(disk, returned);
            }
            catch (SecretStoreUnavailableException)
            {
                // Any other exception fails the test.
            }

            await AtAsync($"call {call}, power cut", () => CheckAsync(disk.AfterPowerCut(), returned));
            await AtAsync($"call {call}", () => CheckAsync(disk, returned));
        }
    }

    private static SecretStore Make(SimulatedDisk disk) => SecretStore.WithRing(
        new FileSecretRepository(SimulatedDisk.Location, StillClock(), disk.OpenDirectory, compactsByItself: false), RootKey.FromBytes(Enumerable.Repeat((byte)7, 32).ToArray()), null, StillClock());

    /// <summary>Creates a secret and puts values, noting each that returned; closes in order unless the power goes.</summary>
    private static async Task<int> PlayAsync(SimulatedDisk disk, List<string> returned)
    {
        SecretStore store = Make(disk);
        try
        {
            using (SecretValue first = SecretValue.FromText("value 0"))
            {
                await store.CreateSecretAsync("db/password", first);
            }

            returned.Add("value 0");
            for (int i = 1; i <= Puts; i++)
            {
                string text = "value " + i;
                using SecretValue value = SecretValue.FromText(text);
                await store.PutSecretValueAsync("db/password", value);
                returned.Add(text);
            }
        }
        finally
        {
            await store.DisposeAsync();
        }

        return disk.Calls.Count;
    }

    /// <summary>The current value is the last that returned, or the one that was under way; and the store goes on.</summary>
    private static async Task CheckAsync(SimulatedDisk disk, List<string> returned)
    {
        disk.Plan = null;
        await using SecretStore store = Make(disk);
        string current = await CurrentAsync(store);
        string[] allowed = [returned.LastOrDefault() ?? string.Empty, "value " + returned.Count];
        if (!allowed.Contains(current))
        {
            throw new LostWriteException($"'{current}' instead of '{allowed[0]}'.");
        }

        using SecretValue next = SecretValue.FromText("next");
        if (current.Length == 0)
        {
            await store.CreateSecretAsync("db/password", next);
        }
        else
        {
            await store.PutSecretValueAsync("db/password", next);
            using SecretValueResult previous = await store.GetSecretValueAsync("db/password", SecretVersionSelector.Previous);
            previous.Value.RevealText().Should().Be(current);
        }

        (await CurrentAsync(store)).Should().Be("next");
    }

    private static async Task<string> CurrentAsync(SecretStore store)
    {
        try
        {
            using SecretValueResult result = await store.GetSecretValueAsync("db/password");
            return result.Value.RevealText();
        }
        catch (SecretNotFoundException)
        {
            return string.Empty;
        }
    }

    /// <summary>A store that nobody closes, as after a power cut, is not kept alive by the system's timers.</summary>
    private static SecretStoreOptions StillClock() => new() { TimeProvider = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(DateTimeOffset.UnixEpoch) };
}
