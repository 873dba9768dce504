using System.Diagnostics.Metrics;
using EmbeddedSecrets.Tests.Exchange;
using EmbeddedSecrets.Tests.Pipeline;
using EmbeddedSecrets.Tests.Policies;
using Microsoft.Extensions.Time.Testing;

namespace EmbeddedSecrets.Tests.Auditing;

/// <summary>Operations of a store and what its audit sink is told of them.</summary>
[TestFixture]
public sealed class AuditedStoreTests
{
    private const string Marker = "correct-horse-battery-staple";

    private static readonly string DefaultKeyId = new SecretStoreOptions().DefaultEncryptionKeyId;
    private static readonly byte[] Key = [.. Enumerable.Repeat((byte)1, 32)];

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 4, 5, 6, 7, TimeSpan.Zero));
    private RecordingSink _sink = null!;
    private Trail _trail = null!;

    [SetUp]
    public void SetUp() => (_sink, _trail) = (new RecordingSink(), new Trail());

    [TearDown]
    public void TearDown() => _trail.Dispose();

    [Test]
    public async Task EveryOperation_Succeeds_TellsIntentAndOutcomeWithItsRequestId()
    {
        await using SecretStore owner = InMemory(_sink);
        SecretStore store = owner.WithPrincipal("billing");
        SecretDescription created = await store.CreateTextAsync("name", Marker);
        Expect("CreateSecret", created.RequestId, hasVersion: true);
        SecretVersionDescription put = await store.PutTextAsync("name", Marker + 2);
        Expect("PutSecretValue", put.RequestId, put.VersionId);
        using (SecretValueResult read = await store.GetSecretValueAsync("name"))
        {
            Expect("GetSecretValue", read.RequestId, read.VersionId);
        }

        using (SecretValueResult read = store.GetSecretValue("name"))
        {
            Expect("GetSecretValue", read.RequestId, read.VersionId);
        }

        Expect("DescribeSecret", (await store.DescribeSecretAsync("name")).RequestId);
        Expect("UpdateSecret", (await store.UpdateSecretAsync("name", new UpdateSecretOptions { Description = "d" })).RequestId);
        _ = await store.ListSecretVersionIdsAsync("name");
        Expect("ListSecretVersionIds");
        await store.TagSecretsAsync(["name"], new Dictionary<string, string> { ["a"] = "b" });
        Expect("TagResources");
        await store.UntagSecretsAsync(["name"], ["a"]);
        Expect("UntagResources");
        await store.SetSecretPolicyAsync("name", PolicyTexts.Of());
        Expect("SetSecretPolicy");
        _ = await store.GetSecretPolicyAsync("name");
        Expect("GetSecretPolicy");
        Expect("DeleteSecret", (await store.DeleteSecretAsync("name")).RequestId);
        Expect("RestoreSecret", (await store.RestoreSecretAsync("name")).RequestId);
    }

    private static IEnumerable<TestCaseData> FurtherOperations()
    {
        yield return OnName("UpdateSecretVersionStage", async store => (await store.UpdateSecretVersionStageAsync("name", "other", VersionStageMove.To("v1"))).RequestId);
        yield return OnName("UpdateSecretVersion", async store => (await store.UpdateSecretVersionAsync("name", "v1", new UpdateSecretVersionOptions { Enabled = false })).RequestId, "v1");
        yield return OnName("DestroySecretVersion", async store => await Nothing(store.DestroySecretVersionAsync("name", "v1")), "v1");
        yield return OnName("TagResources", async store => await Nothing(store.UpdateTagsAsync(["name"], new Dictionary<string, string> { ["a"] = "b" }, ["c"])));
        yield return OnName("GetSecretPolicy", async store => await Nothing(store.EvaluateSecretPolicyAsync("name", "anna", "kms:GetSecretValue")));
        yield return Case("ListSecrets", async store => await Nothing(store.ListSecretsPageAsync()));
        yield return Case("ListKeys", async store => await Nothing(store.Keys.ListKeysAsync()));
        yield return Case("DescribeKey", async store => (await store.Keys.DescribeKeyAsync(DefaultKeyId)).RequestId, key: DefaultKeyId);
        yield return Case("ListRootKeys", async store => await Nothing(store.Keys.ListRootKeysAsync()));
        yield return Case("GetKeyUsage", async store => await Nothing(store.Keys.GetKeyUsageAsync()));
        yield return Case("Reencrypt", async store => await Nothing(store.Keys.ReencryptAsync()));
        yield return Case("Compact", async store => await Nothing(store.Maintenance.CompactAsync()));
        yield return Case("BackUp", async store => await Nothing(store.Maintenance.BackUpAsync(new MemoryStream())));
        yield return Case("Export", async store => await Nothing(store.Maintenance.ExportAsync(new MemoryStream(), Bundles.Key)));

        static TestCaseData OnName(string operation, Func<SecretStore, Task<string?>> call, string? version = null) => Case(operation, call, "name", version);

        static TestCaseData Case(string operation, Func<SecretStore, Task<string?>> call, string? name = null, string? version = null, string? key = null) =>
            new TestCaseData(operation, call, name, version, key).SetArgDisplayNames(operation);
    }

    /// <summary>The id is that of the answer, where the operation answers with one.</summary>
    [TestCaseSource(nameof(FurtherOperations))]
    public async Task AnyOperation_Succeeds_TellsItsNameAndWhatItIsAbout(string operation, Func<SecretStore, Task<string?>> call, string? name, string? version, string? key)
    {
        using var directory = new TemporaryDirectory();
        await using SecretStore store = new(new FileSecretRepository(directory.Store), new KeyRing(RootKey.FromBytes(Key), _time), null, OptionsOf(_sink));
        await store.CreateTextAsync("name", Marker);
        await store.PutTextAsync("name", Marker);
        _sink.Clear();

        string? requestId = await call(store);

        _sink.Records.Select(static record => (record.Phase, record.Outcome)).Should().Equal((AuditPhase.Intent, null), (AuditPhase.Outcome, AuditOutcome.Succeeded));
        _sink.Records.Should().OnlyContain(record => record.Operation == operation && record.SecretName == name && record.KeyId == key && record.Principal == null);
        _sink.Records.Select(static record => record.RequestId).Distinct().Should().ContainSingle().Which.Should().Be(requestId ?? _sink.Records[0].RequestId).And.NotBeEmpty();
        if (version is not null)
        {
            _sink.Records[1].VersionId.Should().Be(version);
        }
    }

    [Test]
    public async Task Import_AnyBundle_TellsOneOperation()
    {
        await using SecretStore store = InMemory(_sink);
        await store.CreateTextAsync("name", Marker);
        byte[] bundle = await store.ExportAsync();
        _sink.Clear();

        await store.ImportAsync(bundle);

        _sink.Records.Select(static record => (record.Operation, record.Phase)).Should().Equal(("Import", AuditPhase.Intent), ("Import", AuditPhase.Outcome));
    }

    [Test]
    public async Task BatchRead_OneNameAbsent_TellsOfEachName()
    {
        await using SecretStore store = InMemory(_sink);
        await store.CreateTextAsync("name", Marker);
        _sink.Clear();
        using SecretValueBatch batch = await store.GetSecretValuesAsync(["name", "absent"]);
        _sink.Records.Select(static record => (record.SecretName, record.Phase, record.Outcome)).Should().Equal(
            ("name", AuditPhase.Intent, null),
            ("absent", AuditPhase.Intent, null),
            ("name", AuditPhase.Outcome, AuditOutcome.Succeeded),
            ("absent", AuditPhase.Outcome, AuditOutcome.Failed));
    }

    [Test]
    public async Task KeyOperations_Any_TellTheIdOfTheKey()
    {
        await using SecretStore store = InMemory(_sink);
        await store.Keys.CreateKeyAsync("own");
        await store.Keys.DescribeKeyAsync("own");
        await store.Keys.RotateKeyAsync("own");
        await store.Keys.DisableKeyAsync("own");
        await store.Keys.EnableKeyAsync("own");
        await store.Keys.RewrapAsync(new RewrapOptions { KeyId = "own" });
        await store.Keys.ScheduleKeyDeletionAsync("own");
        await store.Keys.CancelKeyDeletionAsync("own");
        _sink.Records.Should().OnlyContain(static record => record.KeyId == "own" && record.SecretName == null);
        _sink.Records.Where(static record => record.Phase == AuditPhase.Intent).Select(static record => record.Operation)
            .Should().Equal("CreateKey", "DescribeKey", "RotateKey", "DisableKey", "EnableKey", "Rewrap", "ScheduleKeyDeletion", "CancelKeyDeletion");
    }

    [Test]
    public async Task RootKeyOperations_Any_TellTheirNameAndTheIdOfTheRootKey()
    {
        await using SecretStore store = InMemory(_sink);
        RootKeyDescription added = await store.Keys.AddRootKeyAsync(RootKey.FromBytes([2, .. Key.AsSpan(1)]));
        await store.Keys.RemoveRootKeyAsync(added.RootKeyId);
        _sink.Records.Select(static record => (record.Operation, record.KeyId)).Should().Equal(
            ("AddRootKey", null), ("AddRootKey", null), ("RemoveRootKey", added.RootKeyId), ("RemoveRootKey", added.RootKeyId));
    }

    [Test]
    public async Task FileSink_ValuesPutAndRead_NeverHoldsAValue()
    {
        using (FileAuditSink sink = _trail.Sink())
        {
            await using SecretStore store = InMemory(sink);
            await store.CreateTextAsync("name", Marker);
            (await store.ReadTextAsync("name")).Should().Be(Marker);
        }

        string text = await File.ReadAllTextAsync(_trail.FileOf(1));
        text.Should().NotContain(Marker).And.NotContain(Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(Marker)));
        AuditVerification found = await _trail.VerifyAsync();
        (found.RecordCount, found.UnfinishedOperations).Should().Be((4, 0));
    }

    [Test]
    public async Task FileSink_NamesHashed_HoldsNoName()
    {
        using (FileAuditSink sink = _trail.Sink(new FileAuditSinkOptions { HashNames = true }))
        {
            await using SecretStore store = InMemory(sink);
            await store.CreateTextAsync("payroll-password", Marker);
            await store.PutTextAsync("payroll-password", Marker);
            Func<Task> absent = () => store.ReadTextAsync("payroll-absent");
            await absent.Should().ThrowAsync<SecretNotFoundException>();
        }

        (await File.ReadAllTextAsync(_trail.FileOf(1))).Should().NotContain("payroll");
    }

    [Test]
    public async Task IntentFails_Refuse_NothingIsReadOrCommitted()
    {
        var repository = new InterceptedRepository();
        int touched = 0;
        await using SecretStore store = Intercepted(repository, AuditFailureBehavior.Refuse);
        await store.CreateTextAsync("name", Marker);
        repository.AfterFind = repository.BeforeCommit = repository.BeforePayload = () => Task.FromResult(touched++);
        _sink.Fails = static _ => true;
        Func<Task>[] operations =
        [
            () => store.ReadTextAsync("name"),
            () => store.PutTextAsync("name", "other"),
            async () => await store.DescribeSecretAsync("name"),
            async () => await store.DeleteSecretAsync("name"),
            async () => (await store.GetSecretValuesAsync(["name"])).Dispose(),
        ];
        foreach (Func<Task> operation in operations)
        {
            SecretStoreUnavailableException refusal = (await operation.Should().ThrowAsync<SecretStoreUnavailableException>()).Which;
            refusal.Code.Should().Be(SecretStoreErrorCodes.ServiceUnavailable);
            refusal.RequestId.Should().NotBeNullOrEmpty();
        }

        touched.Should().Be(0);
        _sink.Fails = static _ => false;
        (await store.ReadTextAsync("name")).Should().Be(Marker);
    }

    [Test]
    public async Task IntentFails_Proceed_GoesOnAndCounts()
    {
        using var failures = new FailureCount();
        await using SecretStore store = Intercepted(new InterceptedRepository(), AuditFailureBehavior.Proceed);
        _sink.Fails = static _ => true;
        await store.CreateTextAsync("name", Marker);
        (await store.ReadTextAsync("name")).Should().Be(Marker);
        failures.Count.Should().BeGreaterThanOrEqualTo(4);
    }

    [Test]
    public async Task OutcomeFails_Refuse_CommitStandsAndCounts()
    {
        using var failures = new FailureCount();
        await using SecretStore store = InMemory(_sink);
        _sink.Fails = static record => record.Phase == AuditPhase.Outcome;
        await store.CreateTextAsync("name", Marker);
        (await store.ReadTextAsync("name")).Should().Be(Marker);
        failures.Count.Should().BeGreaterThanOrEqualTo(2);
        _sink.Records.Should().HaveCount(2).And.OnlyContain(static record => record.Phase == AuditPhase.Intent);
    }

    [Test]
    public async Task OutcomeFails_FileSink_VerificationCountsTheIntent()
    {
        bool fail = false;
        using (FileAuditSink sink = _trail.FaultySink(file => file.FailWrite = _ => fail))
        {
            var repository = new InterceptedRepository();
            await using SecretStore store = new(repository, new KeyRing(RootKey.FromBytes(Key), _time), null, OptionsOf(sink));
            await store.CreateTextAsync("name", Marker);
            repository.BeforeCommit = () => Task.FromResult(fail = true);
            await store.PutTextAsync("name", "second");
            fail = false;
            (await store.ReadTextAsync("name")).Should().Be("second");
        }

        AuditVerification found = await _trail.VerifyAsync();
        (found.RecordCount, found.UnfinishedOperations, found.IsIntact).Should().Be((5, 1, true));
    }

    /// <summary>Attack 47: the answer does not tell a denied secret from an absent one; the trail does.</summary>
    [Test]
    public async Task Denied_And_Absent_LookTheSameToTheCallerAndDifferentInTheTrail()
    {
        await using SecretStore owner = InMemory(_sink);
        await owner.CreateTextAsync("here", Marker);
        await owner.SetSecretPolicyAsync("here", PolicyTexts.Of(PolicyTexts.Deny("\"*\"", "\"kms:*\"")));
        _sink.Clear();
        SecretStore store = owner.WithPrincipal("mallory");
        Exception denied = await FailureOfAsync(() => store.ReadTextAsync("here"));
        Exception absent = await FailureOfAsync(() => store.ReadTextAsync("gone"));
        denied.Should().BeOfType(absent.GetType());
        (((SecretStoreException)denied).Code, ((SecretStoreException)denied).HttpStatus, denied.Message.Replace("'here'", "'gone'", StringComparison.Ordinal))
            .Should().Be((((SecretStoreException)absent).Code, ((SecretStoreException)absent).HttpStatus, absent.Message));
        _sink.Records.Where(static record => record.Phase == AuditPhase.Outcome).Select(static record => (record.SecretName, record.Outcome, record.Code))
            .Should().Equal(("here", AuditOutcome.Denied, SecretStoreErrorCodes.NoPermission), ("gone", AuditOutcome.Failed, SecretStoreErrorCodes.ResourceNotFound));
    }

    private static async Task<string?> Nothing(ValueTask call)
    {
        await call;
        return null;
    }

    private static async Task<string?> Nothing<T>(ValueTask<T> call)
    {
        _ = await call;
        return null;
    }

    private static async Task<Exception> FailureOfAsync(Func<Task> call) => (await call.Should().ThrowAsync<SecretStoreException>()).Which;

    [Test]
    public async Task BatchRead_AnIntentCannotBeWritten_ClosesThoseBefore()
    {
        await using SecretStore store = InMemory(_sink);
        await store.CreateTextAsync("a", Marker);
        _sink.Clear();
        _sink.Fails = static record => record.SecretName == "b";

        Func<Task> read = () => store.GetSecretValuesAsync(["a", "b"]).AsTask();

        await read.Should().ThrowAsync<SecretStoreUnavailableException>();
        _sink.Records.Select(static record => (record.SecretName, record.Phase, record.Outcome)).Should().Equal(
            ("a", AuditPhase.Intent, null),
            ("a", AuditPhase.Outcome, AuditOutcome.Failed));
    }

    private SecretStore InMemory(IAuditSink sink) => new(new InMemorySecretRepository(), new KeyRing(RootKey.FromBytes(Key), _time), null, OptionsOf(sink));

    private SecretStore Intercepted(InterceptedRepository repository, AuditFailureBehavior behavior)
    {
        SecretStoreOptions options = OptionsOf(_sink);
        options.AuditFailure = behavior;
        return new SecretStore(repository, new KeyRing(RootKey.FromBytes(Key), _time), null, options);
    }

    private SecretStoreOptions OptionsOf(IAuditSink sink) => new() { AuditSink = sink, TimeProvider = _time };

    /// <summary>The one operation since the last call.</summary>
    private void Expect(string operation, string? requestId = null, string? version = null, bool hasVersion = false)
    {
        IReadOnlyList<AuditRecord> records = _sink.Records;
        _sink.Clear();
        records.Select(static record => record.Phase).Should().Equal([AuditPhase.Intent, AuditPhase.Outcome], operation);
        records.Should().OnlyContain(record => record.Operation == operation && record.Principal == "billing" && record.SecretName == "name" && record.Time == _time.GetUtcNow());
        records[0].RequestId.Should().Be(records[1].RequestId).And.Be(requestId ?? records[0].RequestId);
        (records[0].Outcome, records[1].Outcome, records[1].Code).Should().Be((null, AuditOutcome.Succeeded, null));
        if (version is not null)
        {
            records[1].VersionId.Should().Be(version);
        }
        else if (hasVersion)
        {
            records[1].VersionId.Should().NotBeNullOrEmpty();
        }
    }

    /// <summary>Counts the metric of records that could not be written, of all stores of this process.</summary>
    private sealed class FailureCount : IDisposable
    {
        private readonly MeterListener _listener = new();
        private long _count;

        public FailureCount()
        {
            _listener.InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Name == SecretStoreDiagnostics.AuditFailures)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<long>((_, measurement, _, _) => Interlocked.Add(ref _count, measurement));
            _listener.Start();
        }

        public long Count => Interlocked.Read(ref _count);

        public void Dispose() => _listener.Dispose();
    }
}
