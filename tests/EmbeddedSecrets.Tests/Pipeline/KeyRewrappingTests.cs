using EmbeddedSecrets.Keys;
using static EmbeddedSecrets.Tests.StoreExtensions;

namespace EmbeddedSecrets.Tests.Pipeline;

/// <summary>Rotation that finishes (DESIGN K7).</summary>
[TestFixture]
public sealed class KeyRewrappingTests
{
    private InterceptedRepository _repository = null!;
    private KeyRing _ring = null!;
    private SecretStore _store = null!;

    [SetUp]
    public async Task SetUp()
    {
        _repository = new InterceptedRepository();
        _ring = new KeyRing(RootKey.FromBytes(Envelope.Samples.Bytes(32)));
        _store = new SecretStore(_repository, _ring);
        await _store.Keys.CreateKeyAsync("other");
        await _store.CreateTextAsync("a", "one");
        await _store.PutTextAsync("a", "two");
        await _store.CreateTextAsync("b", "three", "other");
    }

    [TearDown]
    public async Task TearDown()
    {
        await _store.DisposeAsync();
        await _repository.DisposeAsync();
        _ring.Dispose();
    }

    [Test]
    public async Task Rewrap_AfterRotation_DropsTheOldGeneration()
    {
        await _store.Keys.RotateKeyAsync("default");

        RewrapResult result = await _store.Keys.RewrapAsync();

        result.Rewrapped.Should().Be(2);
        result.AlreadyCurrent.Should().Be(1);
        result.Unavailable.Should().Be(0);
        result.DroppedGenerations.Should().Equal(new EncryptionKeyGenerationId("default", 1));
        result.RemainingGenerations.Should().BeEmpty();
        (await _store.Keys.DescribeKeyAsync("default")).Generations.Select(generation => generation.Number).Should().Equal(2);
        (await _store.ReadTextAsync("a", "v1")).Should().Be("one");
        (await _store.ReadTextAsync("a")).Should().Be("two");
    }

    [Test]
    public async Task Rewrap_NothingIsOld_CommitsNothing()
    {
        long before = await _repository.WaitForChangeAsync(-1);

        RewrapResult result = await _store.Keys.RewrapAsync();

        (result.Rewrapped, result.AlreadyCurrent).Should().Be((0, 3));
        (await _repository.WaitForChangeAsync(-1)).Should().Be(before);
    }

    [Test]
    public async Task Rewrap_KeyIsNamed_LeavesTheOthers()
    {
        await _store.Keys.RotateKeyAsync("default");
        await _store.Keys.RotateKeyAsync("other");

        RewrapResult result = await _store.Keys.RewrapAsync(new RewrapOptions { KeyId = "other" });

        result.Rewrapped.Should().Be(1);
        (await UsageAsync()).Should().Equal(("default", 1, 2), ("other", 2, 1));
        (await _store.Keys.DescribeKeyAsync("default")).Generations.Should().HaveCount(2);
    }

    [Test]
    public async Task Rewrap_LeavesTheCallersRevision_MovesTheRepositorys()
    {
        SecretDescription before = await _store.DescribeSecretAsync("a");
        RecordStamp stamp = (await _repository.FindAsync("a"))!.Value.Stamp;
        await _store.Keys.RotateKeyAsync("default");

        await _store.Keys.RewrapAsync();

        SecretDescription after = await _store.DescribeSecretAsync("a");
        after.Revision.Should().Be(before.Revision);
        after.UpdateTime.Should().Be(before.UpdateTime);
        (await _repository.FindAsync("a"))!.Value.Stamp.Should().Be(new RecordStamp(stamp.Incarnation, stamp.Revision + 1));
        await _store.UpdateSecretAsync("a", new UpdateSecretOptions { Description = "new", ExpectedRevision = before.Revision });
    }

    [Test]
    public async Task Rewrap_WrappedKeyOfTheOldGeneration_OpensNothingAnyMore()
    {
        byte[] dataKey = new byte[32];
        WrappedDataKey old = await _ring.GenerateDataKeyAsync("default", default, dataKey);
        await _ring.UnwrapAsync(old, default, dataKey);
        await _store.Keys.RotateKeyAsync("default");
        await _store.Keys.RewrapAsync();

        Func<Task> unwrap = () => _ring.UnwrapAsync(old, default, dataKey).AsTask();

        (await unwrap.Should().ThrowAsync<SecretUnavailableException>()).Which.Reason.Should().Be(UnavailabilityReason.KeyUnavailable);
    }

    [Test]
    public async Task Rewrap_DestroyedVersionAndScheduledSecret_AreHandled()
    {
        await _store.DestroySecretVersionAsync("a", "v1");
        await _store.DeleteSecretAsync("b");
        await _store.Keys.RotateKeyAsync("default");
        await _store.Keys.RotateKeyAsync("other");

        RewrapResult result = await _store.Keys.RewrapAsync();

        result.Rewrapped.Should().Be(2);
        result.RemainingGenerations.Should().BeEmpty();
        await _store.RestoreSecretAsync("b");
        (await _store.ReadTextAsync("b")).Should().Be("three");
    }

    [Test]
    public async Task Rewrap_KeyIsDisabled_PassesItOverAndKeepsItsGenerations()
    {
        await _store.Keys.RotateKeyAsync("other");
        await _store.Keys.DisableKeyAsync("other");

        RewrapResult result = await _store.Keys.RewrapAsync();

        result.Unavailable.Should().Be(1);
        result.RemainingGenerations.Should().Equal(new EncryptionKeyGenerationId("other", 1));
        (await CodeOfAsync(() => _store.Keys.RewrapAsync(new RewrapOptions { KeyId = "other" }))).Should().Be(SecretStoreErrorCodes.KeyDisabled);
        (await CodeOfAsync(() => _store.Keys.RewrapAsync(new RewrapOptions { KeyId = "absent" }))).Should().Be(SecretStoreErrorCodes.KeyNotFound);
        await _store.Keys.EnableKeyAsync("other");
        (await _store.ReadTextAsync("b")).Should().Be("three");
    }

    [Test]
    public async Task Rewrap_SomethingIsCommittedAfterTheScan_ScansAgain()
    {
        await _store.Keys.RotateKeyAsync("default");
        int headers = _repository.Headers;
        _repository.BeforeHeader = () => _store.PutTextAsync("a", "late");

        RewrapResult result = await _store.Keys.RewrapAsync();

        (_repository.Headers - headers).Should().Be(2, "the first drop came after another commit");
        result.RemainingGenerations.Should().BeEmpty();
        (await _store.ReadTextAsync("a")).Should().Be("late");
    }

    [Test]
    public async Task Rewrap_StoreNeverStandsStill_SaysWhatRemains()
    {
        await _store.Keys.RotateKeyAsync("default");
        async Task Again()
        {
            await _store.PutTextAsync("b", "again");
            _repository.BeforeHeader = Again;
        }

        _repository.BeforeHeader = Again;

        RewrapResult result = await _store.Keys.RewrapAsync();

        result.DroppedGenerations.Should().BeEmpty();
        result.RemainingGenerations.Should().Equal(new EncryptionKeyGenerationId("default", 1));
        _repository.BeforeHeader = null;
        (await _store.Keys.RewrapAsync()).DroppedGenerations.Should().HaveCount(1);
        (await _store.ReadTextAsync("a", "v1")).Should().Be("one");
    }

    [Test]
    public async Task Rewrap_SecretIsChangedMeanwhile_TheWriterWins()
    {
        await _store.Keys.RotateKeyAsync("default");
        _repository.BeforeCommit = () => _store.PutTextAsync("a", "late");

        RewrapResult result = await _store.Keys.RewrapAsync();

        result.Rewrapped.Should().Be(2);
        (await _store.ReadTextAsync("a")).Should().Be("late");
        (await _store.ReadTextAsync("a", "v1")).Should().Be("one");
        result.RemainingGenerations.Should().BeEmpty();
    }

    [Test]
    public async Task Rewrap_KeyIsRotatedMeanwhile_EndsUnderTheNewest()
    {
        await _store.Keys.RotateKeyAsync("default");
        _repository.BeforeCommit = () => _store.Keys.RotateKeyAsync("default").AsTask();

        RewrapResult result = await _store.Keys.RewrapAsync();

        result.Rewrapped.Should().Be(2, "what was sealed under the generation between is sealed again before it is committed");
        result.DroppedGenerations.Should().HaveCount(2);
        (await UsageAsync()).Should().Equal(("default", 3, 2), ("other", 1, 1));
        (await _store.ReadTextAsync("a", "v1")).Should().Be("one");
    }

    [Test]
    public async Task Rewrap_KeyIsRotatedBetweenSealingAndCommit_EndsUnderTheNewest()
    {
        await _store.Keys.RotateKeyAsync("default");
        bool isRotated = false;
        var progress = new DirectProgress(_ =>
        {
            // The one secret under the other key has nothing to do, and is told of while the first waits in its batch.
            if (!isRotated)
            {
                isRotated = true;
                _store.Keys.RotateKeyAsync("default").AsTask().GetAwaiter().GetResult();
            }
        });

        RewrapResult result = await _store.Keys.RewrapAsync(null, progress);

        result.Rewrapped.Should().Be(2);
        (await UsageAsync()).Should().Equal(("default", 3, 2), ("other", 1, 1));
    }

    [Test]
    public async Task Rewrap_CancelledHalfWay_GoesOnWhereItEnded()
    {
        for (int i = 0; i < 100; i++)
        {
            await _store.CreateTextAsync($"n-{i:000}", "value");
        }

        await _store.Keys.RotateKeyAsync("default");
        using var cancellation = new CancellationTokenSource();
        var progress = new DirectProgress(step => { if (step.RewrappedVersions > 0) { cancellation.Cancel(); } });

        Func<Task> first = () => _store.Keys.RewrapAsync(null, progress, cancellation.Token).AsTask();
        await first.Should().ThrowAsync<OperationCanceledException>();
        long done = (await UsageAsync()).Single(usage => usage is { Key: "default", Generation: 2 }).Versions;
        RewrapResult second = await _store.Keys.RewrapAsync();

        done.Should().BePositive();
        second.Rewrapped.Should().Be(102 - done);
        second.RemainingGenerations.Should().BeEmpty();
    }

    [Test]
    public async Task Rewrap_StoresOwnKeyIsOld_ReplacesTheHeaderAndDropsTheGeneration()
    {
        RepositoryHeader header = _repository.CurrentHeader;
        StoreHeader content = StoreHeader.Decode(header.Content);
        NextRing<string> next = _ring.Prepare(change =>
        {
            change.AddGeneration(EncryptionKeys.Store, KeyGeneration.Generate(DateTimeOffset.UnixEpoch));
            return string.Empty;
        });
        next.Keys!.Dispose();
        await _repository.CommitAsync(new RepositoryCommit
        {
            HeaderRevision = header.Revision,
            NewHeader = new RepositoryHeader(header.StoreId, header.Revision + 1, (content with { RingState = next.State }).Encode()),
            Changes = [],
        });

        RewrapResult result = await _store.Keys.RewrapAsync();

        result.DroppedGenerations.Should().Equal(new EncryptionKeyGenerationId(EncryptionKeys.Store, 1));
        StoreHeader.Decode(_repository.CurrentHeader.Content).StoreKey.Generation.Should().Be(2);
        await _store.PutTextAsync("a", "later");
        (await _store.ReadTextAsync("a")).Should().Be("later");
    }

    [Test]
    public async Task DropGeneration_Current_IsRefused()
    {
        await _store.DescribeSecretAsync("a");
        Action drop = () => _ring.Prepare(change =>
        {
            change.DropGeneration("default", 1);
            return string.Empty;
        });

        drop.Should().Throw<InvalidOperationException>();
    }

    private async Task<IEnumerable<(string Key, long Generation, long Versions)>> UsageAsync()
    {
        return (await _store.Keys.GetKeyUsageAsync()).Select(usage => (usage.KeyId, usage.Generation, usage.Versions));
    }

    private sealed class DirectProgress(Action<RewrapProgress> report) : IProgress<RewrapProgress>
    {
        public void Report(RewrapProgress value) => report(value);
    }
}
