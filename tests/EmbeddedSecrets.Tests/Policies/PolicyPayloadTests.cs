using EmbeddedSecrets.Pipeline;
using EmbeddedSecrets.Records;
using EmbeddedSecrets.Secrets;
using EmbeddedSecrets.Tests.Exchange;
using EmbeddedSecrets.Tests.Repositories;

namespace EmbeddedSecrets.Tests.Policies;

/// <summary>The policy as a payload of its own: it survives what a value survives.</summary>
[TestFixture]
public sealed class PolicyPayloadTests
{
    private static readonly string Text = PolicyTexts.Of(PolicyTexts.Allow("\"anna\"", "\"kms:*\""));

    private TemporaryDirectory _directory = null!;

    private IRootKey Key => RootKey.FromFile(_directory["root.key"]);

    [SetUp]
    public void SetUp() => _directory = new TemporaryDirectory();

    [TearDown]
    public void TearDown() => _directory.Dispose();

    [Test]
    public async Task Policy_AfterRewritingCompactionReopeningAndBackup_IsTheSame()
    {
        using var backup = new MemoryStream();
        await using (SecretStore store = await SecretStore.OpenAsync(_directory.Store, Key))
        {
            await store.CreateWithPolicyAsync("a", PolicyTexts.Of());
            await store.SetSecretPolicyAsync("a", Text);
            await store.Keys.RotateKeyAsync(new SecretStoreOptions().DefaultEncryptionKeyId);
            await store.Keys.RewrapAsync();
            await store.Keys.ReencryptAsync();
            await store.Maintenance.CompactAsync();
            await store.Maintenance.BackUpAsync(backup);
        }

        VerificationReport report = await SecretStoreMaintenance.VerifyAsync(_directory.Store, Key);
        report.IsSound.Should().BeTrue();
        report.Notes.Should().BeEmpty("a policy is no orphan");
        backup.Position = 0;
        await SecretStoreMaintenance.RestoreAsync(backup, _directory["restored"], Key);
        foreach (string place in new[] { _directory.Store, _directory["restored"] })
        {
            await using SecretStore store = await SecretStore.OpenAsync(place, Key);
            (await store.GetSecretPolicyAsync("a")).Should().Be(Text);
            (await store.WithPrincipal("anna").ReadTextAsync("a")).Should().Be("text");
        }
    }

    [Test]
    public async Task Verify_FlippedByteInAPolicy_IsAFault()
    {
        await using (SecretStore store = await SecretStore.OpenAsync(_directory.Store, Key))
        {
            await store.CreateTextAsync("a", "text");
            await store.SetSecretPolicyAsync("a", Text + new string(' ', 20_000));
            await store.Maintenance.CompactAsync();
        }

        string log = Directory.GetFiles(_directory.Store, "log-*").Single();
        byte[] bytes = File.ReadAllBytes(log);

        // The policy is the longest thing in the log: its middle is near the middle of what is written.
        int end = Array.FindLastIndex(bytes, static one => one != 0);
        bytes[end / 2] ^= 1;
        File.WriteAllBytes(log, bytes);

        VerificationReport report = await SecretStoreMaintenance.VerifyAsync(_directory.Store, Key);

        report.Faults.Should().Contain(fault => fault.Kind == VerificationFaultKind.Payload && fault.SecretName == "a" && fault.Message.Contains("policy"));
    }

    [Test]
    public async Task ExportAndImport_Policies_ComeAlongAndCountForEquality()
    {
        using var source = SecretStore.CreateInMemory();
        using var target = SecretStore.CreateInMemory();
        await source.CreateWithPolicyAsync("a", Text);
        await source.CreateTextAsync("b", "without");
        byte[] bundle = await source.ExportAsync();

        (await target.ImportAsync(bundle)).Created.Should().Be(2);
        (await target.GetSecretPolicyAsync("a")).Should().Be(Text);
        (await target.ContentsAsync()).Should().Equal(await source.ContentsAsync());
        (await target.ImportAsync(bundle)).Unchanged.Should().Be(2);

        await target.SetSecretPolicyAsync("a", PolicyTexts.Of());
        await target.SetSecretPolicyAsync("b", Text);
        (await target.ImportAsync(bundle, ImportConflict.Overwrite)).Overwritten.Should().Be(1);
        (await target.GetSecretPolicyAsync("a")).Should().Be(Text);
        (await target.GetSecretPolicyAsync("b")).Should().Be(Text, "a bundle without a policy must not open a secret to everybody");
    }

    [Test]
    public async Task Policy_ReplacedThenCompacted_IsInNoFile()
    {
        var repository = new RecordingRepository(new FileSecretRepository(_directory.Store));
        await using var store = new SecretStore(repository, new KeyRing(Key));
        await store.CreateTextAsync("a", "text");
        await store.SetSecretPolicyAsync("a", Text);
        byte[] replaced = repository.Payloads[^1].Payload;
        IsInAFile(replaced).Should().BeTrue();

        await store.SetSecretPolicyAsync("a", PolicyTexts.Of());
        await store.Maintenance.CompactAsync();

        IsInAFile(replaced).Should().BeFalse();
        IsInAFile(repository.Payloads[^1].Payload).Should().BeTrue();
    }

    /// <summary>As a later version of the library, or a mistake of this one, could have written it.</summary>
    [Test]
    public async Task Policy_AuthenticButUnreadable_DeniesUntilTheOwnerReplacesIt()
    {
        var repository = new InMemorySecretRepository();
        await using var store = new SecretStore(repository, new KeyRing(Key));
        await store.CreateWithPolicyAsync("a", Text);
        SecretStore anna = store.WithPrincipal("anna");
        (await anna.ReadTextAsync("a")).Should().Be("text");

        await SetUncheckedAsync(repository, "a", "no policy");

        (await store.GetSecretPolicyAsync("a")).Should().Be("no policy");
        (await StoreExtensions.CodeOfAsync(async () => await anna.ReadTextAsync("a"))).Should().Be(SecretStoreErrorCodes.ResourceNotFound);
        (await store.EvaluateSecretPolicyAsync("a", "anna", "kms:GetSecretValue")).Reason.Should().Be(SecretPolicyReason.NotEvaluable);
        await store.SetSecretPolicyAsync("a", Text);
        (await anna.ReadTextAsync("a")).Should().Be("text");
    }

    private async Task SetUncheckedAsync(InMemorySecretRepository repository, string name, string policy)
    {
        using var ring = new KeyRing(Key);
        RepositoryHeader header = repository.CurrentHeader;
        StoreCipher cipher = await StoreUnlocking.UnlockAsync(ring, header, repository.Location, isReload: false, default);
        using var open = new OpenStore(repository, ring, new SecretStoreOptions(), cipher, header.Revision);
        bool isCommitted = false;
        while (!isCommitted)
        {
            // The store itself may write down the day of the last read at any time.
            StoredSecret? stored = await open.LoadAsync(name, default);
            var transition = new SecretTransition(stored!.Secret with { RevisionNumber = stored.Secret.RevisionNumber + 1 }, Evicted: [], Policy: policy);
            SealedChange? change = await open.TrySealAsync(name, stored, transition, null, default);
            isCommitted = await open.TryCommitAsync([change!], header.Revision, default);
        }
    }

    /// <summary>The store has the files open: they are read beside it.</summary>
    private bool IsInAFile(byte[] bytes)
    {
        return Directory.GetFiles(_directory.Store).Any(path =>
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            byte[] content = new byte[stream.Length];
            stream.ReadExactly(content);
            return content.AsSpan().IndexOf(bytes) >= 0;
        });
    }
}
