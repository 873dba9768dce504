using System.Text.Json.Nodes;

namespace EmbeddedSecrets.Tests.Golden;

/// <summary>What an earlier release has written is read, and written on.</summary>
[TestFixture]
public sealed class GoldenStoreTests
{
    private static IEnumerable<TestCaseData> Stores => GoldenStore.All;

    [Test]
    public void Files_OfEveryFolder_AreThoseThatWereCommitted()
    {
        foreach (string folder in Directory.GetDirectories(GoldenStore.Root))
        {
            string[] sums = [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(folder, file)).Where(static file => file != "SHA256SUMS").Order(StringComparer.Ordinal)
                .Select(file => $"{GoldenStore.Sha256Of(Path.Combine(folder, file))}  {file}")];

            sums.Should().NotBeEmpty().And.Equal(File.ReadAllLines(Path.Combine(folder, "SHA256SUMS")));
        }
    }

    [TestCaseSource(nameof(Stores))]
    public async Task Open_OfAGoldenStore_HoldsWhatItsManifestSays(string version, string name)
    {
        using GoldenStore golden = GoldenStore.Of(version, name);
        SecretStoreOptions options = GoldenStore.Options();
        options.ReadOnly = true;
        await using SecretStore store = await golden.OpenAsync(options: options);

        // A value that cannot be read as it stands is read once it can be, below.
        JsonArray secrets = await GoldenManifest.DescribeAsync(store, GoldenManifest.ValuesOf(golden.Manifest));

        GoldenManifest.Print(secrets).Should().Be(golden.Manifest);
    }

    [TestCaseSource(nameof(Stores))]
    public async Task Verify_OfAGoldenStore_IsSound(string version, string name)
    {
        using GoldenStore golden = GoldenStore.Of(version, name);

        VerificationReport report = await SecretStoreMaintenance.VerifyAsync(golden.StorePath, RootKey.FromFile(golden.KeyFile));

        report.Faults.Should().BeEmpty();
        report.RecordCount.Should().Be(JsonNode.Parse(golden.Manifest)!.AsArray().Count);
    }

    [TestCaseSource(nameof(Stores))]
    public async Task Put_IntoAGoldenStore_IsThereAfterReopening(string version, string name)
    {
        using GoldenStore golden = GoldenStore.Of(version, name);
        using SecretValue value = SecretValue.FromText("written by a later release");
        await using (SecretStore store = await golden.OpenAsync())
        {
            await store.PutSecretValueAsync("app/text", value);
            await store.Maintenance.CompactAsync();
        }

        await using SecretStore again = await golden.OpenAsync();

        using SecretValueResult read = await again.GetSecretValueAsync("app/text");
        read.Value.RevealText().Should().Be("written by a later release");
    }

    [TestCase("v1")]
    public async Task Open_WithEveryRootKey_Opens(string version)
    {
        using GoldenStore golden = GoldenStore.Of(version, "rotated");
        IRootKey[] keys =
        [
            RootKey.FromFile(golden["test-third.key"]),
            RootKey.FromPassphrase(GoldenStore.Passphrase),
            GoldenStore.Certificate(golden["test-certificate.pem"]),
            GoldenStore.Callback(),
        ];

        foreach (IRootKey key in keys)
        {
            await using SecretStore store = await golden.OpenAsync(key);
            using SecretValueResult read = await store.GetSecretValueAsync("team/two");
            read.Value.RevealText().Should().Be("after the change of the root keys");
        }
    }

    [TestCase("v1")]
    public async Task Restore_OfASecretThatIsToBeDeleted_GivesItsValue(string version)
    {
        using GoldenStore golden = GoldenStore.Of(version, "rich");
        await using SecretStore store = await golden.OpenAsync();

        await store.RestoreSecretAsync("leaving");
        await store.UpdateSecretVersionAsync("validity", "v1", new UpdateSecretVersionOptions { Enabled = true });

        using SecretValueResult left = await store.GetSecretValueAsync("leaving");
        using SecretValueResult enabled = await store.GetSecretValueAsync("validity", SecretVersionSelector.Version("v1"));
        left.Value.RevealText().Should().Be("for 30 days more");
        enabled.Value.RevealText().Should().Be("expires");
    }

    [TestCase("v1")]
    public async Task Import_OfAGoldenBundle_Succeeds(string version)
    {
        using GoldenStore golden = GoldenStore.Of(version, "rich");
        await using SecretStore store = SecretStore.CreateInMemory();
        await using FileStream bundle = File.OpenRead(Path.Combine(golden.Folder, "bundle"));

        ImportResult result = await store.Maintenance.ImportAsync(bundle, RootKey.FromFile(golden["test-second.key"]));

        result.Created.Should().BePositive();
        using SecretValueResult read = await store.GetSecretValueAsync("app/text");
        read.Value.RevealText().Should().Be("zweiter Wert: äöü");
    }

    [TestCase("v1")]
    public async Task Verify_OfAGoldenTrail_IsIntact(string version)
    {
        using GoldenStore golden = GoldenStore.Of(version, "rich");

        AuditVerification verification = await AuditTrail.VerifyAsync(Path.Combine(golden.Folder, "audit"), golden["test-audit.key"]);

        verification.IsIntact.Should().BeTrue();
        verification.RecordCount.Should().BePositive();
    }

    [TestCase("v1")]
    public async Task Open_WithAGoldenAnchor_IsNoRollback(string version)
    {
        using GoldenStore golden = GoldenStore.Of(version, "rich");
        SecretStoreOptions options = GoldenStore.Options();
        options.RollbackAnchor = RollbackAnchor.FromFile(Path.Combine(golden.Folder, "anchor"));

        await using SecretStore store = await golden.OpenAsync(options: options);

        store.Recovery!.DroppedBytes.Should().Be(0);
    }
}
