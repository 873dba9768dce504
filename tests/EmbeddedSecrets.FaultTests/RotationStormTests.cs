using System.Diagnostics;
using EmbeddedSecrets.Envelope;
using EmbeddedSecrets.Pipeline;
using EmbeddedSecrets.Secrets;

namespace EmbeddedSecrets.FaultTests;

/// <summary>One process rotates a key, rewraps and drops its old generations, three others put and read, and all are killed at random moments (DESIGN K7).</summary>
[TestFixture]
public sealed class RotationStormTests
{
    private const string KeyId = "default";
    private const int Writers = 3;

    private string _root = null!;

    private string StoreDirectory => Path.Combine(_root, "store");

    private string KeyFile => Path.Combine(_root, "root.key");

    [SetUp]
    public void CreateDirectory() => _root = Directory.CreateTempSubdirectory("embedded-secrets-").FullName;

    [TearDown]
    public void DeleteDirectory() => Directory.Delete(_root, recursive: true);

    [Test]
    public async Task Rewrap_PutsInOtherProcessesAndKills_LosesNothingAndTheOldKeyOpensNothing()
    {
        Random random = Needs.SeededRandom();
        int names = Needs.FullSweeps ? 10_000 : 300;
        TimeSpan length = TimeSpan.FromSeconds(Needs.FullSweeps ? 40 : 5);
        (int leastPause, int mostPause) = Needs.FullSweeps ? (300, 5_000) : (100, 900);
        await using var storm = new Storm(StoreDirectory, KeyFile, names);
        await storm.CreateStoreAsync();
        (WrappedDataKey oldKey, ValueContext context) = await TakeDataKeyAsync();
        (await UnwrapAsync(oldKey, context)).Should().BeNull("its generation is still there");
        await storm.StartAsync(1, StormChild.Rotator);
        await storm.StartAsync(Writers, StormChild.PausingWriter);

        int rotatorKills = 0;
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < length)
        {
            await Task.Delay(random.Next(leastPause, mostPause));
            int which = random.Next(4) == 0 ? storm.IndexOf(StormChild.Rotator) : random.Next(storm.Running);
            string role = await storm.KillAsync(random.Next(2) == 0 ? which : storm.HolderOr(which));
            rotatorKills += role == StormChild.Rotator ? 1 : 0;
            await storm.StartAsync(1, role);
        }

        await storm.KillAllAsync();
        RecordedHistory history = storm.History;
        history.Check();
        await using SecretStore store = await SecretStore.OpenAsync(StoreDirectory, RootKey.FromFile(KeyFile));
        int before = (await store.Keys.DescribeKeyAsync(KeyId)).Generations.Count;
        await store.Keys.RotateKeyAsync(KeyId);
        RewrapResult last = await store.Keys.RewrapAsync();
        TestContext.Out.WriteLine(
            $"rotation storm: {names} secrets, {storm.Kills} kills ({rotatorKills} of the one that rotates), {history.Acknowledgements} acknowledgements, {history.Reads} reads, "
            + $"{history.Rotations} rotations, {history.Rewrapped} rewrapped, {history.Dropped} generations dropped; {before} generations at the end, last rewrap {last.Rewrapped}, 0 lost");

        last.RemainingGenerations.Should().BeEmpty();
        last.Unavailable.Should().Be(0);
        long current = (await store.Keys.DescribeKeyAsync(KeyId)).Generations.Should().ContainSingle().Subject.Number;
        (await store.Keys.GetKeyUsageAsync()).Select(static usage => (usage.KeyId, usage.Generation)).Should().Equal((KeyId, current));
        await Parallel.ForAsync(0, names, async (number, cancellationToken) =>
        {
            using SecretValueResult stored = await store.GetSecretValueAsync(StormChild.NameOf(number), cancellationToken: cancellationToken);
            lock (history)
            {
                history.CheckStored(StormChild.NameOf(number), stored.Revision.Number, stored.Value.RevealText());
            }
        });
        await store.DisposeAsync();
        (await UnwrapAsync(oldKey, context)).Should().Be(UnavailabilityReason.KeyUnavailable, "the generation is not there any more");
        history.Acknowledgements.Should().BePositive();
        history.Rotations.Should().BePositive();
        history.Dropped.Should().BePositive();
        storm.Kills.Should().BeGreaterThan(2);
    }

    /// <summary>The wrapped data key of a value, and what it is bound to, as an older copy of the files holds them.</summary>
    private async Task<(WrappedDataKey Key, ValueContext Context)> TakeDataKeyAsync()
    {
        await using SecretStore store = await SecretStore.OpenAsync(StoreDirectory, RootKey.FromFile(KeyFile));
        OpenStore open = await store.Session.EnterAsync(default);
        try
        {
            Secret secret = (await open.LoadAsync(StormChild.NameOf(0), default))!.Secret;
            SecretVersion version = secret.Versions[0];
            return (version.Content!.DataKey, new ValueContext(open.Ring!.Keys.StoreId, secret.Name, secret.Incarnation, version.VersionId, version.ValueKind));
        }
        finally
        {
            store.Session.Leave();
        }
    }

    /// <returns>Why the ring refuses to unwrap it; null when it does unwrap it.</returns>
    private async Task<UnavailabilityReason?> UnwrapAsync(WrappedDataKey wrapped, ValueContext context)
    {
        await using SecretStore store = await SecretStore.OpenAsync(StoreDirectory, RootKey.FromFile(KeyFile));
        OpenStore open = await store.Session.EnterAsync(default);
        try
        {
            await open.Ring!.UnwrapAsync(wrapped, ValueEnvelope.DataKeyAssociatedData(context), new byte[32]);
            return null;
        }
        catch (SecretUnavailableException exception)
        {
            return exception.Reason;
        }
        finally
        {
            store.Session.Leave();
        }
    }
}
