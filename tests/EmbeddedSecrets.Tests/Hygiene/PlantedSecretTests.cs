using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using EmbeddedSecrets.Buffers;

namespace EmbeddedSecrets.Tests.Hygiene;

/// <summary>A planted value and the raw keys are in no file, message or serialised object, whatever was done and whatever failed.</summary>
[TestFixture]
public sealed class PlantedSecretTests
{
    private readonly List<string> _texts = [];
    private readonly List<byte[]> _planted = [];
    private TemporaryDirectory _directory = null!;
    private byte[] _rootKey = null!;
    private string _marker = null!;

    [SetUp]
    public void SetUp()
    {
        _directory = new TemporaryDirectory();
        _texts.Clear();
        _planted.Clear();
        _rootKey = RandomNumberGenerator.GetBytes(32);
        _marker = RandomNumberGenerator.GetString("ABCDEFGHJKMNPQRSTUVWXYZ23456789", 32);
        _planted.AddRange([_rootKey, Encoding.UTF8.GetBytes(_marker), Encoding.Unicode.GetBytes(_marker)]);
    }

    [TearDown]
    public void TearDown() => _directory.Dispose();

    [Test]
    public async Task PlantedValueAndKeys_AfterEveryKindOfOperation_AreNowhere()
    {
        using var backup = new MemoryStream();
        await using (SecretStore store = await OpenAsync())
        {
            await UseAsync(store, backup);
            await KeepKeysAsync(store);
            FilesShouldBeClean();
        }

        await using (SecretStore reopened = await OpenAsync())
        {
            (await reopened.ReadTextAsync("name")).Should().Be(_marker);
        }

        FilesShouldBeClean();
        ShouldBeClean(backup.ToArray(), "the backup");
        ShouldBeClean(Encoding.UTF8.GetBytes(string.Join('\n', _texts)), "the texts");
        _texts.Should().HaveCountGreaterThan(20);
    }

    [Test]
    public async Task PlantedValueAndKeys_AfterEveryKindOfFailure_AreNowhere()
    {
        await using (SecretStore store = await OpenAsync())
        {
            using SecretValue value = SecretValue.FromText(_marker);
            using SecretValue other = SecretValue.FromText(_marker + "2");
            await store.CreateSecretAsync("name", value, new CreateSecretOptions { VersionId = "v1" });
            await FailAsync(() => store.CreateSecretAsync("name", other));
            await FailAsync(() => store.PutSecretValueAsync("name", other, new PutSecretValueOptions { VersionId = "v1" }));
            await FailAsync(() => store.PutSecretValueAsync("absent", value));
            await FailAsync(() => store.CreateSecretAsync("in\nvalid", value));
            await FailAsync(() => store.PutSecretValueAsync("name", value, new PutSecretValueOptions { Stages = ["bad stage!"] }));
            await FailAsync(() => store.GetSecretValueAsync("name", SecretVersionSelector.Version("v9")));
            await store.Keys.DisableKeyAsync(EncryptionKeys.Default);
            await FailAsync(() => store.GetSecretValueAsync("name"));
            await FailAsync(() => store.PutSecretValueAsync("name", value));
            await store.Keys.EnableKeyAsync(EncryptionKeys.Default);
            await store.DeleteSecretAsync("name");
            await FailAsync(() => store.PutSecretValueAsync("name", value));
            await store.RestoreSecretAsync("name");
            value.Dispose();
            await FailAsync(() => store.PutSecretValueAsync("name", value));
            await KeepKeysAsync(store);
        }

        byte[] wrong = RandomNumberGenerator.GetBytes(32);
        _planted.Add(wrong);
        await FailAsync(() => SecretStore.OpenAsync(_directory.Store, RootKey.FromBytes(wrong)));
        string logPath = Directory.GetFiles(_directory.Store, "log-*.ess").Single();
        byte[] log = await File.ReadAllBytesAsync(logPath);
        for (int i = 0; i < 20; i++)
        {
            byte[] damaged = [.. log];
            damaged[RandomNumberGenerator.GetInt32(16, 3_000)] ^= 0x10;
            using var copy = new TemporaryDirectory();
            copy.WriteLog(damaged);
            File.Move(copy.LogPath, Path.Combine(copy.Store, Path.GetFileName(logPath)), overwrite: true);
            await FailAsync(() => SecretStore.OpenAsync(copy.Store, RootKey.FromBytes(_rootKey)), mustFail: false);
        }

        FilesShouldBeClean();
        ShouldBeClean(Encoding.UTF8.GetBytes(string.Join('\n', _texts)), "the texts");
        _texts.Should().HaveCountGreaterThan(11);
    }

    [Test]
    public void ShouldBeClean_APlantedValueInAnyForm_IsFound()
    {
        foreach (string form in Forms(_rootKey))
        {
            FluentActions.Invoking(() => ShouldBeClean(Encoding.UTF8.GetBytes("before " + form), "a text")).Should().Throw<AssertionException>();
        }
    }

    private async Task UseAsync(SecretStore store, Stream backup)
    {
        Tell(await store.CreateTextAsync("name", _marker));
        await KeepKeysAsync(store);
        Tell(await store.PutTextAsync("name", _marker));
        using (SecretValueResult result = await store.GetSecretValueAsync("name"))
        using (SecretValueBatch batch = await store.GetSecretValuesAsync(["name"]))
        {
            Tell(result);
            Tell(result.Value);
            Tell(batch);
        }

        Tell(await store.UpdateSecretAsync("name", new UpdateSecretOptions { Description = "changed" }));
        await store.UpdateTagsAsync(["name"], new Dictionary<string, string> { ["env"] = "prod" }, []);
        Tell(await store.UpdateSecretVersionStageAsync("name", "blue", VersionStageMove.To("v1")));
        Tell(await store.UpdateSecretVersionAsync("name", "v1", new UpdateSecretVersionOptions { Enabled = false }));
        Tell(await store.Keys.RotateKeyAsync(EncryptionKeys.Default));
        await KeepKeysAsync(store);
        Tell(await store.Keys.RewrapAsync());
        Tell(await store.Keys.ReencryptAsync());
        Tell(await store.Keys.CreateKeyAsync("orders"));
        Tell(await store.UpdateSecretAsync("name", new UpdateSecretOptions { EncryptionKeyId = "orders" }));
        Tell(await store.Keys.AddRootKeyAsync(RootKey.FromPassphrase("a passphrase of the test")));
        await KeepKeysAsync(store);
        Tell(await store.Maintenance.BackUpAsync(backup));
        await store.DestroySecretVersionAsync("name", "v1");
        Tell(await store.DeleteSecretAsync("name"));
        Tell(await store.RestoreSecretAsync("name"));
        await store.Maintenance.CompactAsync();
        await foreach (SecretDescription description in store.ListSecretsAsync())
        {
            Tell(description);
        }

        foreach (object told in new object[] { store, store.Keys, store.Maintenance, store.Recovery!, RootKey.FromBytes(_rootKey), new KeyRing(RootKey.FromBytes(_rootKey)), await store.DescribeSecretAsync("name"), await store.Keys.DescribeKeyAsync("orders") })
        {
            Tell(told);
        }
    }

    private ValueTask<SecretStore> OpenAsync() => SecretStore.OpenAsync(_directory.Store, RootKey.FromBytes(_rootKey));

    private async Task KeepKeysAsync(SecretStore store)
    {
        foreach (PinnedBytes key in await ZeroedMemoryTests.KeysOfAsync(store))
        {
            _planted.Add(key.Span.ToArray());
        }
    }

    private void Tell(object told)
    {
        _texts.Add($"{told}");
        try
        {
            _texts.Add(JsonSerializer.Serialize(told, told.GetType()));
        }
        catch (Exception exception) when (exception is NotSupportedException or InvalidOperationException)
        {
            _texts.Add(exception.ToString());
        }
    }

    private async Task FailAsync<T>(Func<ValueTask<T>> call, bool mustFail = true)
        where T : class
    {
        try
        {
            T made = await call();
            (made as IDisposable)?.Dispose();
        }
        catch (Exception exception) when (exception is not AssertionException)
        {
            _texts.Add(exception.ToString());
            _texts.Add(string.Join(' ', exception.Data.Values.Cast<object?>()));
            return;
        }

        mustFail.Should().BeFalse("this call fails");
    }

    private void FilesShouldBeClean()
    {
        foreach (string path in Directory.EnumerateFiles(_directory.Store, "*", SearchOption.AllDirectories))
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            byte[] bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            ShouldBeClean(bytes, path);
            ShouldBeClean(Encoding.UTF8.GetBytes(path), "the name of a file");
        }
    }

    private void ShouldBeClean(byte[] bytes, string what)
    {
        foreach (byte[] planted in _planted)
        {
            bool isClean = bytes.AsSpan().IndexOf(planted) < 0 && Forms(planted).All(form => bytes.AsSpan().IndexOf(Encoding.ASCII.GetBytes(form)) < 0);
            isClean.Should().BeTrue($"{what} must hold no value and no key");
        }
    }

    private static string[] Forms(byte[] planted) =>
    [
        Convert.ToHexString(planted), Convert.ToHexStringLower(planted), Convert.ToBase64String(planted).TrimEnd('='),
        System.Buffers.Text.Base64Url.EncodeToString(planted), string.Join(',', planted), BitConverter.ToString(planted),
    ];
}
