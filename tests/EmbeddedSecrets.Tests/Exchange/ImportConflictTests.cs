using EmbeddedSecrets.Tests.Pipeline;
using EmbeddedSecrets.Tests.Policies;
using Microsoft.Extensions.Time.Testing;

namespace EmbeddedSecrets.Tests.Exchange;

[TestFixture]
public sealed class ImportConflictTests
{
    private SecretStore _source = null!;
    private SecretStore _target = null!;
    private byte[] _bundle = null!;

    [SetUp]
    public async Task OpenAsync()
    {
        _source = SecretStore.CreateInMemory();
        _target = SecretStore.CreateInMemory();
        await _source.CreateTextAsync("a", "new a");
        await _source.CreateTextAsync("b", "new b");
        _bundle = await _source.ExportAsync();
        await _target.CreateTextAsync("b", "old b");
    }

    [TearDown]
    public async Task CloseAsync()
    {
        await _source.DisposeAsync();
        await _target.DisposeAsync();
    }

    [Test]
    public async Task Import_Fail_NamesTheSecretAndWritesNothing()
    {
        Func<Task> import = () => _target.ImportAsync(_bundle);

        SecretConflictException failure = (await import.Should().ThrowAsync<SecretConflictException>()).Which;

        failure.Code.Should().Be(SecretStoreErrorCodes.ResourceExist);
        failure.Message.Should().Contain("'b'");
        (await StoreExtensions.CodeOfAsync(() => _target.DescribeSecretAsync("a"))).Should().Be(SecretStoreErrorCodes.ResourceNotFound);
    }

    [Test]
    public async Task Import_FailFromAForwardOnlyStream_KeepsWhatCameBefore()
    {
        using var source = new BrokenStream(_bundle);

        (await StoreExtensions.CodeOfAsync(() => _target.Maintenance.ImportAsync(source, Bundles.Key))).Should().Be(SecretStoreErrorCodes.ResourceExist);

        (await _target.ReadTextAsync("a")).Should().Be("new a");
        (await _target.ReadTextAsync("b")).Should().Be("old b");
    }

    [Test]
    public async Task Import_Skip_LeavesTheStoresSecret()
    {
        ImportResult result = await _target.ImportAsync(_bundle, ImportConflict.Skip);

        (result.Created, result.Skipped).Should().Be((1, 1));
        (await _target.ReadTextAsync("b")).Should().Be("old b");
    }

    [Test]
    public async Task Import_Overwrite_ReplacesTheWholeSecret()
    {
        SecretRevision before = (await _target.DescribeSecretAsync("b")).Revision;

        ImportResult result = await _target.ImportAsync(_bundle, ImportConflict.Overwrite);

        (result.Created, result.Overwritten).Should().Be((1, 1));
        (await _target.ContentsAsync()).Should().Equal(await _source.ContentsAsync());
        (await _target.DescribeSecretAsync("b")).Revision.Should().NotBe(before);
    }

    [Test]
    public async Task Import_OverwriteUnderPurgeProtection_IsRefused()
    {
        await using var target = new SecretStore(new InMemorySecretRepository(), new KeyRing(Bundles.Key), options: new SecretStoreOptions { PurgeProtection = true });
        await target.CreateTextAsync("b", "old b");

        (await StoreExtensions.CodeOfAsync(async () => await target.ImportAsync(_bundle, ImportConflict.Overwrite))).Should().Be(SecretStoreErrorCodes.InvalidParameter);

        (await target.ReadTextAsync("b")).Should().Be("old b");
    }

    [Test]
    public async Task Import_NewVersion_PutsTheBundlesValueUnderAFreeId()
    {
        ImportResult result = await _target.ImportAsync(_bundle, ImportConflict.NewVersion);

        (result.Created, result.NewVersions).Should().Be((1, 1));
        (await _target.ReadTextAsync("b")).Should().Be("new b");
        (await _target.DescribeSecretAsync("b")).VersionIdsByStage.Should().Equal(new Dictionary<string, string> { ["ACSCurrent"] = "v2", ["ACSPrevious"] = "v1" });
    }

    [Test]
    public async Task Import_NewVersionTwice_ChangesNothingTheSecondTime()
    {
        await _target.ImportAsync(_bundle, ImportConflict.NewVersion);
        string[] before = await _target.ContentsAsync();

        ImportResult result = await _target.ImportAsync(_bundle, ImportConflict.NewVersion);

        result.Unchanged.Should().Be(2);
        (await _target.ContentsAsync()).Should().Equal(before);
    }

    [Test]
    public async Task Import_OfEqualSecrets_IsUnchangedUnderEveryRule([Values] ImportConflict rule)
    {
        await using SecretStore target = SecretStore.CreateInMemory();
        await target.ImportAsync(_bundle);
        SecretRevision before = (await target.DescribeSecretAsync("b")).Revision;

        ImportResult result = await target.ImportAsync(_bundle, rule);

        result.Unchanged.Should().Be(2);
        (await target.DescribeSecretAsync("b")).Revision.Should().Be(before);
    }

    [Test]
    public async Task Import_OfASecretThatDiffersInATagOnly_IsAConflict()
    {
        await using SecretStore target = SecretStore.CreateInMemory();
        await target.ImportAsync(_bundle);
        await target.TagSecretsAsync(["a"], new Dictionary<string, string> { ["key"] = "value" });

        (await StoreExtensions.CodeOfAsync(async () => await target.ImportAsync(_bundle))).Should().Be(SecretStoreErrorCodes.ResourceExist);
    }

    [Test]
    public async Task Import_OverASecretScheduledForDeletion_FollowsTheRule()
    {
        await _target.DeleteSecretAsync("b");

        (await StoreExtensions.CodeOfAsync(async () => await _target.ImportAsync(_bundle))).Should().Be(SecretStoreErrorCodes.ResourceExist);
        (await StoreExtensions.CodeOfAsync(async () => await _target.ImportAsync(_bundle, ImportConflict.NewVersion))).Should().Be(SecretStoreErrorCodes.ResourceInDeleteWindow);
        (await _target.ImportAsync(_bundle, ImportConflict.Skip)).Skipped.Should().Be(1);
        (await _target.ImportAsync(_bundle, ImportConflict.Overwrite)).Overwritten.Should().Be(1);
        (await _target.ReadTextAsync("b")).Should().Be("new b");
    }

    [Test]
    public async Task Import_IntoTheSameStore_ChangesNothing([Values] ImportConflict rule)
    {
        await Bundles.FillAsync(_source);
        string[] before = await _source.ContentsAsync();

        ImportResult result = await _source.ImportAsync(await _source.ExportAsync(), rule);

        result.Unchanged.Should().Be(6);
        (await _source.ContentsAsync()).Should().Equal(before);
    }

    [Test]
    public async Task Import_NewVersionOfAScheduledSecret_LeavesItScheduled()
    {
        await _target.DeleteSecretAsync("b");
        SecretDescription before = await _target.DescribeSecretAsync("b");

        (await StoreExtensions.CodeOfAsync(async () => await _target.ImportAsync(_bundle, ImportConflict.NewVersion))).Should().Be(SecretStoreErrorCodes.ResourceInDeleteWindow);

        SecretDescription after = await _target.DescribeSecretAsync("b");
        (after.Revision, after.PlannedDeleteTime).Should().Be((before.Revision, before.PlannedDeleteTime));
    }

    [Test]
    public async Task Import_UnderADisabledKey_IsRefusedAndGoesOnOnceItIsEnabled()
    {
        await using SecretStore target = SecretStore.CreateInMemory();
        await target.Keys.CreateKeyAsync("second");
        await target.Keys.DisableKeyAsync("second");
        await _source.Keys.CreateKeyAsync("second");
        await _source.CreateTextAsync("c", "new c", "second");
        byte[] bundle = await _source.ExportAsync();
        Func<Task> import = () => target.ImportAsync(bundle);

        (await import.Should().ThrowAsync<SecretUnavailableException>()).Which.Reason.Should().Be(UnavailabilityReason.KeyDisabled);

        (await StoreExtensions.CodeOfAsync(() => target.DescribeSecretAsync("c"))).Should().Be(SecretStoreErrorCodes.ResourceNotFound);
        await target.Keys.EnableKeyAsync("second");
        ImportResult result = await target.ImportAsync(bundle);
        (result.Created, result.Unchanged).Should().Be((1, 2), "what came before is whole, what failed was not begun");
        (await target.ContentsAsync()).Should().Equal(await _source.ContentsAsync());
    }

    [Test]
    public async Task Import_NewVersionWhereOnlyThePolicyDiffers_BringsNoSecondVersionOfTheSameValue()
    {
        await _source.SetSecretPolicyAsync("a", PolicyTexts.Of(PolicyTexts.Allow("\"anna\"", "[\"kms:*\"]")));
        byte[] bundle = await _source.ExportAsync();
        await _target.ImportAsync(bundle, ImportConflict.NewVersion);
        await _target.SetSecretPolicyAsync("a", PolicyTexts.Of());

        ImportResult again = await _target.ImportAsync(bundle, ImportConflict.NewVersion);

        again.Unchanged.Should().Be(2);
        (await _target.ListSecretVersionIdsAsync("a", includeDeprecated: true)).Should().ContainSingle();
        (await _target.ImportAsync(bundle, ImportConflict.Overwrite)).Overwritten.Should().Be(2);
    }

    [Test]
    public async Task Export_NamedSecretWhoseWindowHasEnded_FailsAsAnAbsentOne()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await using var store = new SecretStore(
            new InterceptedRepository(), new KeyRing(RootKey.FromBytes([.. Enumerable.Repeat((byte)1, 32)]), clock), null, new SecretStoreOptions { TimeProvider = clock });
        await store.CreateTextAsync("gone", "text");
        await store.DeleteSecretAsync("gone");
        clock.Advance(TimeSpan.FromDays(31));
        using var bundle = new MemoryStream();

        string code = await StoreExtensions.CodeOfAsync(() => store.Maintenance.ExportAsync(bundle, Bundles.Key, new ExportOptions { Names = ["gone"] }));

        code.Should().Be(SecretStoreErrorCodes.ResourceNotFound);
    }
}
