using System.Text;

namespace EmbeddedSecrets.Tests.Exchange;

[TestFixture]
public sealed class ExportImportTests
{
    private TemporaryDirectory _directory = null!;
    private SecretStore _source = null!;
    private SecretStore _target = null!;

    [SetUp]
    public async Task OpenAsync()
    {
        _directory = new TemporaryDirectory();
        _source = SecretStore.CreateInMemory();
        _target = await SecretStore.OpenAsync(_directory.Store, RootKey.FromFile(_directory["root.key"]));
    }

    [TearDown]
    public async Task CloseAsync()
    {
        await _source.DisposeAsync();
        await _target.DisposeAsync();
        _directory.Dispose();
    }

    [Test]
    public async Task Import_OfAnExport_IsEqualInEverything()
    {
        await Bundles.FillAsync(_source);

        ImportResult result = await _target.ImportAsync(await _source.ExportAsync());

        result.Created.Should().Be(4);
        (await _target.ContentsAsync()).Should().Equal(await _source.ContentsAsync());
        (await _target.PutTextAsync("b/many", "next")).VersionId.Should().Be("v13");
    }

    [Test]
    public async Task Import_IntoAStoreThatIsOpenedAgain_IsThere()
    {
        await Bundles.FillAsync(_source);
        await _target.ImportAsync(await _source.ExportAsync());
        await _target.DisposeAsync();

        _target = await SecretStore.OpenAsync(_directory.Store, RootKey.FromFile(_directory["root.key"]));

        (await _target.ContentsAsync()).Should().Equal(await _source.ContentsAsync());
    }

    [Test]
    public async Task Export_OfAStore_HasNoValueNameOrTagInClear()
    {
        await Bundles.FillAsync(_source);

        string bundle = Encoding.Latin1.GetString(await _source.ExportAsync());

        bundle.Should().NotContainAny("many", "blue", "described", "password", "xxxx");
    }

    [Test]
    public async Task Import_WithAnotherKey_IsRefused()
    {
        await Bundles.FillAsync(_source);
        byte[] bundle = await _source.ExportAsync();
        foreach (IRootKey other in new[] { RootKey.FromBytes(Enumerable.Repeat((byte)8, 32).ToArray()), RootKey.FromFile(_directory["root.key"]), RootKey.FromPassphrase("p") })
        {
            (await StoreExtensions.CodeOfAsync(async () => await _target.ImportAsync(bundle, key: other))).Should().Be(SecretStoreErrorCodes.WrongKey);
        }
    }

    [Test]
    public async Task Export_UnderAPassphrase_IsImportedWithIt()
    {
        await _source.CreateTextAsync("name", "value");
        byte[] bundle = await _source.ExportAsync(key: RootKey.FromPassphrase("a long passphrase"));

        await _target.ImportAsync(bundle, key: RootKey.FromPassphrase("a long passphrase"));

        (await _target.ReadTextAsync("name")).Should().Be("value");
    }

    [Test]
    public async Task Export_OfAPrefixNamesOrCurrentVersions_HasOnlyThose()
    {
        await Bundles.FillAsync(_source);
        await _source.DeleteSecretAsync("c/pairs");

        ExportResult prefix = await _source.Maintenance.ExportAsync(Stream.Null, Bundles.Key, new ExportOptions { NamePrefix = "b/" });
        ExportResult names = await _source.Maintenance.ExportAsync(Stream.Null, Bundles.Key, new ExportOptions { Names = ["c/pairs", "a/binary", "a/binary"] });
        ExportResult current = await _source.Maintenance.ExportAsync(Stream.Null, Bundles.Key, new ExportOptions { CurrentVersionsOnly = true });

        (prefix.Secrets, prefix.Versions, prefix.ScheduledForDeletion).Should().Be((1, 10, 0));
        (names.Secrets, names.Versions, names.ScheduledForDeletion).Should().Be((1, 1, 1));
        (current.Secrets, current.Versions, current.ScheduledForDeletion).Should().Be((3, 3, 1));
    }

    [Test]
    public async Task Import_OfCurrentVersionsOnly_Works()
    {
        await Bundles.FillAsync(_source);

        await _target.ImportAsync(await _source.ExportAsync(new ExportOptions { CurrentVersionsOnly = true }));

        (await _target.ListSecretVersionIdsAsync("b/many", includeDeprecated: true)).Should().ContainSingle().Which.VersionId.Should().Be("v12");
        (await _target.ReadTextAsync("b/many")).Should().Be("many 11");
    }

    [Test]
    public async Task Export_OfANameThatIsNotThere_Fails()
    {
        var options = new ExportOptions { Names = ["missing"] };
        (await StoreExtensions.CodeOfAsync(() => _source.Maintenance.ExportAsync(Stream.Null, Bundles.Key, options))).Should().Be(SecretStoreErrorCodes.ResourceNotFound);
    }

    [Test]
    public async Task Import_ByTheKeyOfTheBundle_UsesItWhereTheTargetHasIt()
    {
        await _source.Keys.CreateKeyAsync("own");
        await _source.CreateTextAsync("a", "value", "own");
        byte[] bundle = await _source.ExportAsync();
        await _target.ImportAsync(bundle);
        (await _target.DescribeSecretAsync("a")).EncryptionKeyId.Should().Be(EncryptionKeys.Default);

        await _target.Keys.CreateKeyAsync("own");
        await _target.DeleteSecretAsync("a", SecretDeletion.Immediately);
        await _target.ImportAsync(bundle);

        (await _target.DescribeSecretAsync("a")).EncryptionKeyId.Should().Be("own");
    }

    [Test]
    public async Task Import_DryRun_WritesNothingAndCounts()
    {
        await Bundles.FillAsync(_source);
        await _target.CreateTextAsync("b/many", "other");
        IReadOnlyList<string> before = FilesOfTarget();

        ImportResult result = await _target.ImportAsync(await _source.ExportAsync(), ImportConflict.Overwrite, dryRun: true);

        (result.Created, result.Overwritten).Should().Be((3, 1));
        FilesOfTarget().Should().Equal(before);

        // The shared page says when a sweep began, and that of the opening begins in the background.
        IReadOnlyList<string> FilesOfTarget() => [.. DirectorySnapshot.Of(_directory.Store).Where(static file => !file.Contains("/store.page ", StringComparison.Ordinal))];
    }

    [Test]
    public async Task Export_WhileOthersWrite_HasEachSecretOfOneMoment()
    {
        for (int i = 0; i < 20; i++)
        {
            await _target.CreateTextAsync($"name-{i:00}", "0");
        }

        using var stop = new CancellationTokenSource();
        Task writing = Task.Run(async () =>
        {
            for (int round = 1; !stop.IsCancellationRequested; round++)
            {
                string name = $"name-{round % 20:00}";
                await _target.PutTextAsync(name, $"{round}");
                await _target.TagSecretsAsync([name], new Dictionary<string, string> { ["round"] = $"{round}" });
            }
        });
        for (int round = 0; round < 10; round++)
        {
            await using SecretStore copy = SecretStore.CreateInMemory();
            await copy.ImportAsync(await _target.ExportAsync());
            await foreach (SecretDescription secret in copy.ListSecretsAsync())
            {
                int value = int.Parse(await copy.ReadTextAsync(secret.Name), System.Globalization.CultureInfo.InvariantCulture);
                int tag = secret.Tags.TryGetValue("round", out string? text) ? int.Parse(text, System.Globalization.CultureInfo.InvariantCulture) : 0;
                (value - tag).Should().BeOneOf(0, 20, value);
            }
        }

        await stop.CancelAsync();
        await writing;
    }

    [Test]
    public async Task Import_InterruptedAtEveryFrame_IsFinishedByRunningItAgain([Values] ImportConflict rule)
    {
        await Bundles.FillAsync(_source);
        byte[] bundle = await _source.ExportAsync();
        foreach ((int offset, int length) in Bundles.Frames(bundle))
        {
            await using SecretStore target = SecretStore.CreateInMemory();
            using var broken = new BrokenStream(bundle, offset + length - 1);
            Func<Task> interrupted = () => target.Maintenance.ImportAsync(broken, Bundles.Key, new ImportOptions { OnConflict = rule }).AsTask();
            await interrupted.Should().ThrowAsync<IOException>();

            ImportResult result = await target.ImportAsync(bundle, rule);

            (result.Created + result.Unchanged).Should().Be(4);
            (await target.ContentsAsync()).Should().Equal(await _source.ContentsAsync());
        }
    }

    [Test]
    public async Task Import_WithProgress_TellsBothPasses()
    {
        await Bundles.FillAsync(_source);
        var told = new List<ImportProgress>();
        using var source = new MemoryStream(await _source.ExportAsync());

        await _target.Maintenance.ImportAsync(source, Bundles.Key, progress: new Recorder(told));

        told.Should().HaveCount(8);
        told[3].Should().Be(new ImportProgress(4, IsVerifying: true));
        told[7].Should().Be(new ImportProgress(4, IsVerifying: false));
    }

    private sealed class Recorder(List<ImportProgress> told) : IProgress<ImportProgress>
    {
        public void Report(ImportProgress value) => told.Add(value);
    }
}
