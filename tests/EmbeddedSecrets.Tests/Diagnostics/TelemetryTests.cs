using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using EmbeddedSecrets.Tests.Policies;

namespace EmbeddedSecrets.Tests.Diagnostics;

/// <summary>What leaves the process by meters and activities. Listeners hear all stores of the process: so nothing else runs beside.</summary>
[TestFixture]
[NonParallelizable]
public sealed class TelemetryTests
{
    private const string Marker = "markedname";

    [Test]
    public async Task Operations_OnManyNames_TellFewTagsAndNoName()
    {
        var tags = new ConcurrentDictionary<string, byte>();
        var activities = new ConcurrentBag<string>();
        using MeterListener meters = Listen((name, unit, pairs) =>
        {
            name.Should().Be(SecretStoreDiagnostics.OperationDuration);
            unit.Should().Be("s");
            foreach (KeyValuePair<string, object?> pair in pairs)
            {
                tags.TryAdd($"{pair.Key}={pair.Value}", 0);
            }
        });
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == SecretStoreDiagnostics.ActivitySourceName,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity => activities.Add($"{activity.DisplayName} {activity.StatusDescription} {string.Join(' ', activity.TagObjects)}"),
        };
        ActivitySource.AddActivityListener(listener);
        using var store = SecretStore.CreateInMemory();
        SecretStore view = store.WithPrincipal(Marker + "-anna");
        for (int i = 0; i < 100; i++)
        {
            string name = $"{Marker}/{i}";
            await store.CreateWithPolicyAsync(name, PolicyTexts.Of(PolicyTexts.Deny("\"*\"", "\"kms:*\"")));
            await store.PutTextAsync(name, Marker);
            await store.ReadTextAsync(name);
            Func<Task> denied = () => view.ReadTextAsync(name);
            await denied.Should().ThrowAsync<SecretNotFoundException>();
        }

        tags.Keys.Should().BeEquivalentTo(
        [
            "embedded_secrets.operation=CreateSecret",
            "embedded_secrets.operation=PutSecretValue",
            "embedded_secrets.operation=GetSecretValue",
            "error.type=" + SecretStoreErrorCodes.ResourceNotFound,
        ]);
        activities.Should().HaveCount(400).And.NotContain(one => one.Contains(Marker));
    }

    [Test]
    public void Meter_Version_IsThatOfTheLibrary()
    {
        var versions = new ConcurrentBag<string?>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Name == SecretStoreDiagnostics.MeterName)
                {
                    versions.Add(instrument.Meter.Version);
                }
            },
        };
        listener.Start();
        _ = EmbeddedSecrets.Diagnostics.Instruments.AreObserved;

        versions.Distinct().Should().Equal(typeof(SecretStore).Assembly.GetName().Version!.ToString(3));
    }

    [Test]
    public async Task Opening_UnfinishedBytes_AreCounted()
    {
        using var directory = new TemporaryDirectory();
        var key = RootKey.FromFile(directory["root.key"]);
        await using (SecretStore store = await SecretStore.OpenAsync(directory.Store, key))
        {
            await store.CreateTextAsync("a", "text");
        }

        byte[] log = directory.ReadLog();
        int end = Array.FindLastIndex(log, static one => one != 0);
        log[end + 200] = 1;
        directory.WriteLog(log);
        long dropped = 0;
        using MeterListener meters = Listen((_, _, _) => { });
        meters.SetMeasurementEventCallback<long>((instrument, value, _, _) => dropped += instrument.Name == SecretStoreDiagnostics.RecoveryDropped ? value : 0);

        await using SecretStore again = await SecretStore.OpenAsync(directory.Store, key);

        dropped.Should().BePositive().And.Be(again.Recovery!.DroppedBytes);
    }

    private static MeterListener Listen(Action<string, string?, KeyValuePair<string, object?>[]> heard)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Meter.Name == SecretStoreDiagnostics.MeterName)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<double>((instrument, _, pairs, _) => heard(instrument.Name, instrument.Unit, pairs.ToArray()));
        listener.Start();
        return listener;
    }
}
