using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using EmbeddedSecrets.Envelope;
using EmbeddedSecrets.Tests.Pipeline;
using static EmbeddedSecrets.Tests.StoreExtensions;

namespace EmbeddedSecrets.Tests.Faults;

/// <summary>Attacks of the threat model that have no better home.</summary>
[TestFixture]
public sealed class AttackTests
{
    private const string NothingForAnna = """{"Version":"1","Statement":[{"Effect":"Allow","Principal":{"RAM":"ops"},"Action":"kms:*","Resource":"*"}]}""";

    private TemporaryDirectory _directory = null!;

    [SetUp]
    public void SetUp() => _directory = new TemporaryDirectory();

    [TearDown]
    public void TearDown() => _directory.Dispose();

    [Test]
    public async Task Delete_ThenCrash_StaysDeletedAndTheNameBeginsAnew()
    {
        using var crashed = new TemporaryDirectory();
        await using (SecretStore store = await OpenAsync(_directory))
        {
            await store.CreateTextAsync("name", "first");
            await store.PutTextAsync("name", "second");
            await store.DeleteSecretAsync("name", SecretDeletion.Immediately);
            _directory.CopyTo(crashed);
        }

        await using SecretStore again = await OpenAsync(crashed);
        (await CodeOfAsync(() => again.DescribeSecretAsync("name"))).Should().Be(SecretStoreErrorCodes.ResourceNotFound);
        SecretDescription anew = await again.CreateTextAsync("name", "third");
        anew.VersionIdsByStage.Should().NotContainKey(SecretStages.Previous);
        (await again.ReadTextAsync("name")).Should().Be("third");
        (await CodeOfAsync(() => again.GetSecretValueAsync("name", SecretVersionSelector.Version("v2")))).Should().Be(SecretStoreErrorCodes.ResourceNotFound);
    }

    [Test]
    public async Task DestroyedVersionId_AfterCrash_IsNeverUsedAgain()
    {
        using var crashed = new TemporaryDirectory();
        await using (SecretStore store = await OpenAsync(_directory))
        {
            await store.CreateTextAsync("name", "first");
            await store.PutTextAsync("name", "second");
            await store.DestroySecretVersionAsync("name", "v1");
            _directory.CopyTo(crashed);
        }

        await using SecretStore again = await OpenAsync(crashed);
        (await again.PutTextAsync("name", "third")).VersionId.Should().Be("v3");
        using SecretValue value = SecretValue.FromText("first");
        (await CodeOfAsync(() => again.PutSecretValueAsync("name", value, new PutSecretValueOptions { VersionId = "v1" }))).Should().Be(SecretStoreErrorCodes.ResourceExist);
    }

    [TestCase("record")]
    [TestCase("key")]
    [TestCase("commit")]
    public async Task Put_CancelledAtAnAwait_HasAKnownOutcomeAndBlocksNobody(string place)
    {
        var repository = new InterceptedRepository();
        var provider = new RemoteKeyProvider();
        await using var store = new SecretStore(repository, provider, options: new SecretStoreOptions { RecordCacheEntries = 0 });
        await store.CreateTextAsync("name", "first");
        using var cancelling = new CancellationTokenSource();
        using SecretValue value = SecretValue.FromText("cancelled");
        switch (place)
        {
            case "record":
                repository.AfterFind = cancelling.CancelAsync;
                break;
            case "commit":
                repository.BeforeCommit = cancelling.CancelAsync;
                break;
            default:
                provider.Gate = cancelling.CancelAsync();
                break;
        }

        Func<Task> put = () => store.PutSecretValueAsync("name", value, cancellationToken: cancelling.Token).AsTask();

        await put.Should().ThrowAsync<OperationCanceledException>();
        provider.Gate = Task.CompletedTask;
        (await store.ReadTextAsync("name")).Should().Be("first");
        (await store.PutTextAsync("name", "second")).VersionId.Should().Be("v2");
    }

    [Test]
    public async Task Telemetry_OperationsAndFailures_HoldsNoValueAndNoName()
    {
        const string Marker = "planted-3f9c";
        var told = new ConcurrentBag<string>();
        using var activities = new ActivityListener
        {
            ShouldListenTo = source => source.Name == SecretStoreDiagnostics.ActivitySourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity => told.Add($"{activity.DisplayName} {activity.StatusDescription} {string.Join(' ', activity.TagObjects)} {string.Join(' ', activity.Events)} {string.Join(' ', activity.Baggage)}"),
        };
        ActivitySource.AddActivityListener(activities);
        using var meters = new MeterListener { InstrumentPublished = (instrument, listener) => Enable(instrument, listener) };
        meters.SetMeasurementEventCallback<double>((instrument, _, tags, _) => told.Add($"{instrument.Name} {string.Join(' ', tags.ToArray())}"));
        meters.SetMeasurementEventCallback<long>((instrument, _, tags, _) => told.Add($"{instrument.Name} {string.Join(' ', tags.ToArray())}"));
        meters.Start();

        await using (SecretStore store = await OpenAsync(_directory))
        {
            string name = Marker + "/name";
            await store.CreateTextAsync(name, Marker + " value");
            await store.SetSecretPolicyAsync(name, NothingForAnna);
            (await store.ReadTextAsync(name)).Should().StartWith(Marker);
            await CodeOfAsync(() => store.WithPrincipal(Marker + "-anna").GetSecretValueAsync(name));
            await CodeOfAsync(() => store.GetSecretValueAsync(name, SecretVersionSelector.Version(Marker)));
            await store.DeleteSecretAsync(name, SecretDeletion.Immediately);
        }

        told.Should().Contain(text => text.Contains("GetSecretValue", StringComparison.Ordinal));
        told.Should().Contain(text => text.StartsWith(SecretStoreDiagnostics.OperationDuration, StringComparison.Ordinal));
        told.Should().NotContain(text => text.Contains(Marker, StringComparison.OrdinalIgnoreCase));
    }

    [Test]
    public async Task Policy_Denies_AnswersAsForAnAbsentSecretAndUnwrapsNothing()
    {
        var provider = new RemoteKeyProvider();
        var sink = new AuditRecords();
        await using var store = new SecretStore(new InMemorySecretRepository(), provider, options: new SecretStoreOptions { AuditSink = sink });
        await store.CreateTextAsync("there", "value");
        await store.SetSecretPolicyAsync("there", NothingForAnna);
        SecretStore anna = store.WithPrincipal("anna");
        int calls = provider.Calls;
        sink.Take();

        SecretStoreException denied = await FailureOfAsync(() => anna.GetSecretValueAsync("there"));
        SecretStoreException absent = await FailureOfAsync(() => anna.GetSecretValueAsync("other"));

        denied.GetType().Should().Be(absent.GetType());
        (denied.Code, denied.HttpStatus).Should().Be((absent.Code, absent.HttpStatus));
        denied.Message.Should().Be(absent.Message.Replace("other", "there", StringComparison.Ordinal));
        provider.Calls.Should().Be(calls);
        sink.Take().Where(record => record.Phase == AuditPhase.Outcome).Select(record => (record.SecretName, record.Principal, record.Outcome, record.Code)).Should().Equal(
            ("there", "anna", AuditOutcome.Denied, SecretStoreErrorCodes.NoPermission),
            ("other", "anna", AuditOutcome.Failed, SecretStoreErrorCodes.ResourceNotFound));
    }

    [Test]
    public async Task Audit_IntentCannotBeWritten_RefusesReadsAndChanges()
    {
        var sink = new AuditRecords();
        var provider = new RemoteKeyProvider();
        await using var store = new SecretStore(new InMemorySecretRepository(), provider, options: new SecretStoreOptions { AuditSink = sink });
        await store.CreateTextAsync("name", "first");
        int calls = provider.Calls;
        using SecretValue second = SecretValue.FromText("second");
        sink.Failure = new IOException("No space left on device");

        (await CodeOfAsync(() => store.GetSecretValueAsync("name"))).Should().Be(SecretStoreErrorCodes.ServiceUnavailable);
        (await CodeOfAsync(() => store.PutSecretValueAsync("name", second))).Should().Be(SecretStoreErrorCodes.ServiceUnavailable);

        provider.Calls.Should().Be(calls);
        sink.Failure = null;
        (await store.ReadTextAsync("name")).Should().Be("first");
    }

    [Test]
    [NonParallelizable]
    public void Timing_TagWrongInItsFirstOrItsLastByte_IsReported()
    {
        int openings = Environment.GetEnvironmentVariable("EMBEDDEDSECRETS_FULL_TESTS") == "1" ? 100_000 : 10_000;
        using var cipher = new DerivedCipher(Envelope.Samples.Bytes(32), KeyPurposes.Wrap, commits: true);
        byte[] message = new byte[cipher.Overhead + 32];
        byte[] plaintext = new byte[32];
        cipher.Seal(Envelope.Samples.Bytes(32, 50), Envelope.Samples.Bytes(12, 99), Envelope.Samples.Bytes(32), [5], message);
        byte[] first = [.. message];
        byte[] last = [.. message];
        first[^16] ^= 1;
        last[^1] ^= 1;
        long[][] ticks = [new long[openings], new long[openings]];
        for (int i = 0; i < openings; i++)
        {
            for (int which = 0; which < 2; which++)
            {
                long begun = Stopwatch.GetTimestamp();
                bool opened = cipher.TryOpen(which == 0 ? first : last, [5], plaintext);
                ticks[which][i] = Stopwatch.GetTimestamp() - begun;
                opened.Should().BeFalse();
            }
        }

        double[] medians = [.. ticks.Select(times => times.Order().ElementAt(openings / 2) * 1e9 / Stopwatch.Frequency)];
        TestContext.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{openings} openings each: first byte {medians[0]:F0} ns, last byte {medians[1]:F0} ns"));
        plaintext.Should().OnlyContain(static octet => octet == 0);
    }

    private static void Enable(Instrument instrument, MeterListener listener)
    {
        if (instrument.Meter.Name == SecretStoreDiagnostics.MeterName)
        {
            listener.EnableMeasurementEvents(instrument);
        }
    }

    private static ValueTask<SecretStore> OpenAsync(TemporaryDirectory directory) => SecretStore.OpenAsync(directory.Store, RootKey.FromBytes(Envelope.Samples.Bytes(32)));

    private static async Task<SecretStoreException> FailureOfAsync<T>(Func<ValueTask<T>> call)
    {
        Func<Task> run = () => call().AsTask();
        return (await run.Should().ThrowAsync<SecretStoreException>()).Which;
    }
}
