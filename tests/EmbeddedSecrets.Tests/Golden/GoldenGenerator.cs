using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace EmbeddedSecrets.Tests.Golden;

/// <summary>
/// Makes golden stores in the new folder that EMBEDDEDSECRETS_GOLDEN names. A folder that is committed is never made again: what
/// a release has written, every later one must read.
/// </summary>
[TestFixture]
[Explicit("Makes golden stores for a new version of the format.")]
public sealed class GoldenGenerator
{
    private const string Policy = """{"Version":"1","Statement":[{"Effect":"Allow","Principal":{"RAM":"billing"},"Action":["kms:GetSecretValue"],"Resource":"*"}]}""";

    private readonly Dictionary<(string Name, string Id), string> _values = [];
    private string _folder = null!;

    [Test]
    public async Task Make_AllStores_InANewFolder()
    {
        _folder = Environment.GetEnvironmentVariable("EMBEDDEDSECRETS_GOLDEN") ?? throw new InconclusiveException("EMBEDDEDSECRETS_GOLDEN names no folder.");
        Directory.Exists(_folder).Should().BeFalse("golden stores are never made again");
        Directory.CreateDirectory(_folder);
        await File.WriteAllTextAsync(At("test-passphrase.txt"), GoldenStore.Passphrase);
        await MakeCertificateAsync(At("test-certificate.pem"));
        foreach (string key in (string[])["test-root.key", "test-second.key", "test-third.key"])
        {
            using SecretValue value = RootKey.Generate();
            await File.WriteAllTextAsync(At(key), value.RevealText());
            File.SetUnixFileMode(At(key), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        await MakePlainAsync();
        await MakeCompactedAsync();
        await MakeRotatedAsync();
        await MakeRichAsync();

        foreach (string file in Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories).Where(static file => !IsGolden(file)))
        {
            File.Delete(file);
        }

        foreach (string log in Directory.EnumerateFiles(_folder, "*.ess", SearchOption.AllDirectories))
        {
            await CutAsync(log);
        }

        IEnumerable<string> sums = Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(_folder, file)).Order(StringComparer.Ordinal).Select(file => $"{GoldenStore.Sha256Of(At(file))}  {file}\n");
        await File.WriteAllTextAsync(At("SHA256SUMS"), string.Concat(sums));
    }

    /// <summary>What means nothing at rest is no part of a golden store.</summary>
    private static bool IsGolden(string file) => Path.GetExtension(file) is not (".lock" or ".page");

    /// <summary>Leaves out the room made ahead, which is zero.</summary>
    private static async Task CutAsync(string log)
    {
        byte[] bytes = await File.ReadAllBytesAsync(log);
        int end = bytes.AsSpan().LastIndexOfAnyExcept((byte)0) + 1;
        await File.WriteAllBytesAsync(log, bytes[..((end + 7) & ~7)]);
    }

    private static async Task MakeCertificateAsync(string path)
    {
        using RSA key = RSA.Create(3072);
        var request = new CertificateRequest("CN=for tests only", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using X509Certificate2 certificate = request.CreateSelfSigned(GoldenStore.Clock, GoldenStore.Clock.AddYears(100));
        await File.WriteAllTextAsync(path, certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem() + "\n");
    }

    private async Task MakePlainAsync()
    {
        await using (SecretStore store = await OpenAsync("plain"))
        {
            await FillAsync(store);
        }

        await DescribeAsync("plain");
    }

    private async Task MakeCompactedAsync()
    {
        await using (SecretStore store = await OpenAsync("compacted"))
        {
            await FillAsync(store);
            await RemoveAsync(store);
            await store.Maintenance.CompactAsync();
            await PutAsync(store, "app/after", SecretValue.FromText("between two compactions"));
            await store.DeleteSecretAsync("app/gone", SecretDeletion.Immediately);
            await store.Maintenance.CompactAsync();
            await PutAsync(store, "app/after", SecretValue.FromText("after the last compaction"));
        }

        await DescribeAsync("compacted");
    }

    private async Task MakeRotatedAsync()
    {
        await using (SecretStore store = await OpenAsync("rotated", "test-root.key"))
        {
            await store.Keys.CreateKeyAsync("team/key", new CreateKeyOptions { Description = "of a team", RotationPeriod = TimeSpan.FromDays(90) });
            await store.Keys.CreateKeyAsync("disabled");
            await store.Keys.CreateKeyAsync("leaving");
            await FillAsync(store);
            await PutAsync(store, "team/one", SecretValue.FromText("generation 1"), new CreateSecretOptions { EncryptionKeyId = "team/key" });
            await store.Keys.RotateKeyAsync("team/key");
            await store.Keys.RotateKeyAsync(EncryptionKeys.Default);
            await PutAsync(store, "team/one", SecretValue.FromText("generation 2"));
            await PutAsync(store, "app/text", SecretValue.FromText("under the second generation of the default key"));
            await store.Keys.RotateKeyAsync("team/key");
            await PutAsync(store, "team/one", SecretValue.FromText("generation 3"));
            await store.Keys.DisableKeyAsync("disabled");
            await store.Keys.ScheduleKeyDeletionAsync("leaving");
            string first = (await store.Keys.ListRootKeysAsync()).Single().RootKeyId;
            await store.Keys.AddRootKeyAsync(RootKey.FromPassphrase(GoldenStore.Passphrase), new AddRootKeyOptions { Description = "in the safe" });
            await store.Keys.AddRootKeyAsync(RootKey.FromFile(At("test-second.key")));
            await store.Keys.AddRootKeyAsync(GoldenStore.Certificate(At("test-certificate.pem")));
            await store.Keys.AddRootKeyAsync(GoldenStore.Callback());
            await store.Keys.ChangeRootKeyAsync(first, RootKey.FromFile(At("test-third.key")));
        }

        await using (SecretStore store = await OpenAsync("rotated"))
        {
            await PutAsync(store, "team/two", SecretValue.FromText("after the change of the root keys"));
        }

        await DescribeAsync("rotated");
    }

    private async Task MakeRichAsync()
    {
        Directory.CreateDirectory(At("rich"));
        using var audit = new FileAuditSink(At("rich/audit"), At("test-audit.key"));
        SecretStoreOptions options = GoldenStore.Options();
        options.AuditSink = audit;
        options.RollbackAnchor = RollbackAnchor.FromFile(At("rich/anchor"));
        await using (SecretStore store = await OpenAsync("rich", options: options))
        {
            await FillAsync(store);
            await store.SetSecretPolicyAsync("app/text", Policy);
            using SecretValueResult read = await store.GetSecretValueAsync("app/text");
            for (int i = 1; i <= 13; i++)
            {
                await PutAsync(store, "many", SecretValue.FromText($"version {i}"));
            }

            await PutAsync(store, "validity", SecretValue.FromText("expires"), new CreateSecretOptions
            {
                Validity = new SecretVersionValidity(GoldenStore.Clock.AddDays(-1), GoldenStore.Clock.AddDays(1)),
                CreatedBy = "the generator",
                Annotations = new Dictionary<string, string> { ["ticket"] = "4711", ["Ärger"] = "keiner" },
                Policy = Policy,
            });
            await PutAsync(store, "validity", SecretValue.FromText("not yet valid"), put: new PutSecretValueOptions
            {
                Validity = new SecretVersionValidity(GoldenStore.Clock.AddDays(1), isAdvisory: true),
                CreatedBy = "somebody else",
            });
            await store.UpdateSecretVersionAsync("validity", "v1", new UpdateSecretVersionOptions { Enabled = false });
            await RemoveAsync(store);
            await PutAsync(store, "leaving", SecretValue.FromText("for 30 days more"));
            await store.DeleteSecretAsync("leaving", SecretDeletion.After(TimeSpan.FromDays(30)));
            await using FileStream bundle = File.Create(At("rich/bundle"));
            await store.Maintenance.ExportAsync(bundle, RootKey.FromFile(At("test-second.key")));
        }

        string log = Directory.GetFiles(At("rich/store"), "log-*.ess").Single();
        byte[] older = await File.ReadAllBytesAsync(log);
        await using (SecretStore store = await OpenAsync("rich", options: options))
        {
            await store.UpdateSecretAsync("app/text", new UpdateSecretOptions { Description = "rolled back" });
        }

        // An epoch frame: the older log is put back and accepted.
        await File.WriteAllBytesAsync(log, older);
        options.AcceptRollback = true;
        await using (SecretStore store = await OpenAsync("rich", options: options))
        {
            await PutAsync(store, "app/after", SecretValue.FromText("in the new epoch"));
        }

        await DescribeAsync("rich");
    }

    /// <summary>Texts, binary values and pairs; versions, stages and tags.</summary>
    private async Task FillAsync(SecretStore store)
    {
        await PutAsync(store, "app/text", SecretValue.FromText("correct horse battery staple"), new CreateSecretOptions
        {
            Description = "A text — with more than ASCII: ß, 鍵, 🔑",
            Tags = new Dictionary<string, string> { ["env"] = "prod", ["Team"] = "a b" },
        });
        await PutAsync(store, "app/text", SecretValue.FromText("zweiter Wert: äöü"));
        await PutAsync(store, "app/text", SecretValue.FromText("third"), put: new PutSecretValueOptions { VersionId = "chosen", Stages = ["Candidate"] });
        await PutAsync(store, "app/binary", SecretValue.FromBinary([.. Enumerable.Range(0, 256).Select(static value => (byte)value)]));
        await PutAsync(store, "app/pairs", SecretValue.FromKeyValues([new("user", "alice"), new("password", "p\"ss")]));
        await PutAsync(store, "app/largest", SecretValue.FromBinary(new byte[4096]));
    }

    /// <summary>A destroyed version and a secret that is gone: the store compacts itself at the latest when it is closed.</summary>
    private async Task RemoveAsync(SecretStore store)
    {
        await PutAsync(store, "app/destroyed", SecretValue.FromText("destroyed"));
        await PutAsync(store, "app/destroyed", SecretValue.FromText("kept"));
        await PutAsync(store, "app/destroyed", SecretValue.FromText("kept too"));
        await store.UpdateSecretVersionStageAsync("app/destroyed", SecretStages.Current, VersionStageMove.To("v2"));
        await store.DestroySecretVersionAsync("app/destroyed", "v1");
        _values.Remove(("app/destroyed", "v1"));
        await PutAsync(store, "app/gone", SecretValue.FromText("gone"));
        await PutAsync(store, "zz/gone", SecretValue.FromText("gone"));
        await store.DeleteSecretAsync("zz/gone", SecretDeletion.Immediately);
    }

    /// <summary>Creates the secret, or adds a version to it.</summary>
    private async Task PutAsync(SecretStore store, string name, SecretValue value, CreateSecretOptions? create = null, PutSecretValueOptions? put = null)
    {
        using (value)
        {
            string bytes = Convert.ToBase64String(value.Span);
            if (put is null && (create is not null || !await ExistsAsync(store, name)))
            {
                _values[(name, (await store.CreateSecretAsync(name, value, create)).CurrentVersionId)] = bytes;
            }
            else
            {
                _values[(name, (await store.PutSecretValueAsync(name, value, put)).VersionId)] = bytes;
            }
        }
    }

    private static async Task<bool> ExistsAsync(SecretStore store, string name)
    {
        try
        {
            _ = await store.DescribeSecretAsync(name);
            return true;
        }
        catch (SecretNotFoundException)
        {
            return false;
        }
    }

    private async Task DescribeAsync(string name)
    {
        SecretStoreOptions options = GoldenStore.Options();
        options.ReadOnly = true;
        await using SecretStore store = await OpenAsync(name, options: options);
        await File.WriteAllTextAsync(At(name + ".json"), GoldenManifest.Print(await GoldenManifest.DescribeAsync(store, (secret, id) => _values.GetValueOrDefault((secret, id)))));
    }

    private ValueTask<SecretStore> OpenAsync(string name, string? key = null, SecretStoreOptions? options = null) =>
        SecretStore.OpenAsync(At(name + "/store"), RootKey.FromFile(At(key ?? GoldenStore.KeyFileOf(name))), options ?? GoldenStore.Options());

    private string At(string path) => Path.Combine(_folder, path);
}
