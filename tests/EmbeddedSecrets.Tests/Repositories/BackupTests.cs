using System.Globalization;
using EmbeddedSecrets.Files;

namespace EmbeddedSecrets.Tests.Repositories;

[TestFixture]
public sealed class BackupTests
{
    private TemporaryDirectory _directory = null!;
    private SecretStore _store = null!;

    private string Elsewhere => _directory["elsewhere"];

    private IRootKey Key => RootKey.FromFile(_directory["root.key"]);

    [SetUp]
    public async Task OpenAsync()
    {
        _directory = new TemporaryDirectory();
        _store = await SecretStore.OpenAsync(_directory.Store, Key);
    }

    [TearDown]
    public async Task CloseAsync()
    {
        await _store.DisposeAsync();
        _directory.Dispose();
    }

    [Test]
    public async Task Restore_OfABackup_HasEverything()
    {
        for (int i = 0; i < 30; i++)
        {
            await CreateAsync(Name(i), "value " + Name(i));
        }

        for (int i = 0; i < 14; i++)
        {
            await PutAsync(Name(3), "put " + Name(i));
        }

        await _store.TagSecretsAsync([Name(4)], new Dictionary<string, string> { ["key"] = "value" });
        await _store.DeleteSecretAsync(Name(5));

        byte[] backup = await BackUpAsync();
        BackupDescription restored = await RestoreAsync(backup, Elsewhere);

        restored.SecretCount.Should().Be(30);
        restored.Length.Should().Be(backup.Length);
        restored.Sequence.Should().Be(30 + 14 + 2);
        await using SecretStore copy = await SecretStore.OpenAsync(Elsewhere, Key);
        (await ReadAsync(copy, Name(7))).Should().Be("value " + Name(7));
        (await ReadAsync(copy, Name(3))).Should().Be("put " + Name(13));
        (await copy.ListSecretVersionIdsAsync(Name(3), includeDeprecated: true)).Should().HaveCount(10);
        (await copy.DescribeSecretAsync(Name(4))).Tags.Should().ContainKey("key");
        (await copy.DescribeSecretAsync(Name(5))).PlannedDeleteTime.Should().NotBeNull();
    }

    [Test]
    public async Task BackUp_WhileOthersWrite_IsOfOneMoment()
    {
        using var stop = new CancellationTokenSource();
        await CreateAsync("a", "0");
        await CreateAsync("b", "0");
        await using SecretStore other = await SecretStore.OpenAsync(_directory.Store, Key);
        Task writing = Task.Run(async () =>
        {
            for (int i = 1; !stop.IsCancellationRequested; i++)
            {
                // b is never ahead of a.
                await PutAsync("a", i.ToString(CultureInfo.InvariantCulture), other);
                await PutAsync("b", i.ToString(CultureInfo.InvariantCulture), other);
            }
        });
        for (int round = 0; round < 5; round++)
        {
            byte[] backup = await BackUpAsync();
            string directory = _directory["copy-" + Name(round)];
            await RestoreAsync(backup, directory);
            await using SecretStore copy = await SecretStore.OpenAsync(directory, Key);
            int a = int.Parse(await ReadAsync(copy, "a"), CultureInfo.InvariantCulture);
            int b = int.Parse(await ReadAsync(copy, "b"), CultureInfo.InvariantCulture);
            (a - b).Should().BeInRange(0, 1);
        }

        await stop.CancelAsync();
        await writing;
        Directory.GetFiles(_directory.Store, "*.tmp").Should().BeEmpty();
    }

    [Test]
    public async Task Restore_StoreIsThere_IsRefusedAndNothingChanges()
    {
        await CreateAsync("name", "old");
        byte[] backup = await BackUpAsync();
        await PutAsync("name", "new");
        await _store.DisposeAsync();

        Func<Task> restore = () => RestoreAsync(backup, _directory.Store);

        (await restore.Should().ThrowAsync<SecretConflictException>()).Which.Code.Should().Be(SecretStoreErrorCodes.ResourceExist);
        await OpenAgainAsync();
        (await ReadAsync(_store, "name")).Should().Be("new");
    }

    [Test]
    public async Task Restore_Overwriting_ReplacesTheStoreInANewEpoch()
    {
        var anchor = RollbackAnchor.FromFile(_directory["anchor"]);
        await _store.DisposeAsync();
        _store = await SecretStore.OpenAsync(_directory.Store, Key, new SecretStoreOptions { RollbackAnchor = anchor });
        await CreateAsync("name", "old");
        byte[] backup = await BackUpAsync();
        await PutAsync("name", "new");
        await CreateAsync("later", "later");
        RollbackHead before = anchor.Read()!.Value;
        await _store.DisposeAsync();

        await RestoreAsync(backup, _directory.Store, new RestoreBackupOptions { Overwrite = true, RollbackAnchor = anchor });

        anchor.Read()!.Value.Epoch.Should().BeGreaterThan(before.Epoch);
        _store = await SecretStore.OpenAsync(_directory.Store, Key, new SecretStoreOptions { RollbackAnchor = anchor });
        (await ReadAsync(_store, "name")).Should().Be("old");
        Directory.GetDirectories(_directory.Store).Should().BeEmpty();
        Directory.GetFiles(_directory.Store, LogName.Pattern).Should().ContainSingle();
    }

    [Test]
    public async Task Restore_StoreIsOpen_IsRefused()
    {
        await CreateAsync("name", "value");
        byte[] backup = await BackUpAsync();

        Func<Task> restore = () => RestoreAsync(backup, _directory.Store, new RestoreBackupOptions { Overwrite = true });

        (await restore.Should().ThrowAsync<SecretStoreUnavailableException>()).Which.Code.Should().Be(SecretStoreErrorCodes.Locked);
        await PutAsync("name", "goes on");
    }

    [Test]
    public async Task Restore_CutOrDamagedAnywhere_IsRefusedAndLeavesNothing([Values] bool keyIsDisabled)
    {
        await CreateAsync("name", "value");
        await PutAsync("name", "another");
        if (keyIsDisabled)
        {
            await _store.Keys.CreateKeyAsync("other");
            using SecretValue large = SecretValue.FromText(new string('x', SecretValue.MaxBytes));
            await _store.CreateSecretAsync("large", large, new CreateSecretOptions { EncryptionKeyId = "other" });
            await _store.Keys.DisableKeyAsync("other");
            (await RestoreAsync(await BackUpAsync(), _directory["whole"])).SecretCount.Should().Be(2);
        }

        byte[] backup = await BackUpAsync();
        var places = new Random(20261124);
        for (int i = 0; i < 60; i++)
        {
            byte[] damaged = i % 2 == 0 ? backup[..places.Next(backup.Length)] : [.. backup];
            if (i % 2 == 1)
            {
                damaged[places.Next(backup.Length)] ^= (byte)(1 << places.Next(8));
            }

            Func<Task> restore = () => RestoreAsync(damaged, Elsewhere);

            await restore.Should().ThrowAsync<SecretStoreIntegrityException>();
            Directory.GetFiles(Elsewhere, "log-*").Should().BeEmpty();
            Directory.GetDirectories(Elsewhere).Should().BeEmpty();
        }
    }

    [Test]
    public async Task Restore_WrongKey_IsRefused()
    {
        await CreateAsync("name", "value");
        byte[] backup = await BackUpAsync();

        Func<Task> restore = async () =>
        {
            using var stream = new MemoryStream(backup);
            await SecretStoreMaintenance.RestoreAsync(stream, Elsewhere, RootKey.FromBytes(new byte[32].Select(static _ => (byte)7).ToArray()));
        };

        (await restore.Should().ThrowAsync<SecretStoreException>()).Which.Code.Should().Be(SecretStoreErrorCodes.WrongKey);
    }

    [Test]
    public async Task BackUp_StreamFails_LeavesNothingAndTheStoreGoesOn()
    {
        await CreateAsync("name", "value");
        using var full = new MemoryStream(new byte[100]);

        Func<Task> backUp = () => _store.Maintenance.BackUpAsync(full).AsTask();

        await backUp.Should().ThrowAsync<NotSupportedException>();
        Directory.GetFiles(_directory.Store, "*.tmp").Should().BeEmpty();
        await PutAsync("name", "goes on");
        await _store.Maintenance.CompactAsync();
    }

    [Test]
    public async Task BackUp_InMemory_SaysThatItIsNot()
    {
        await using SecretStore memory = SecretStore.CreateInMemory();
        using var stream = new MemoryStream();

        Func<Task> backUp = () => memory.Maintenance.BackUpAsync(stream).AsTask();

        await backUp.Should().ThrowAsync<NotSupportedException>();
    }

    private static string Name(int i) => "name-" + i.ToString(CultureInfo.InvariantCulture);

    private static async Task<string> ReadAsync(SecretStore store, string name)
    {
        using SecretValueResult result = await store.GetSecretValueAsync(name);
        return result.Value.RevealText();
    }

    private async Task<byte[]> BackUpAsync()
    {
        using var stream = new MemoryStream();
        BackupDescription description = await _store.Maintenance.BackUpAsync(stream);
        description.Length.Should().Be(stream.Length);
        return stream.ToArray();
    }

    private async Task<BackupDescription> RestoreAsync(byte[] backup, string directory, RestoreBackupOptions? options = null)
    {
        using var stream = new MemoryStream(backup);
        return await SecretStoreMaintenance.RestoreAsync(stream, directory, Key, options);
    }

    private async Task OpenAgainAsync() => _store = await SecretStore.OpenAsync(_directory.Store, Key);

    private async Task CreateAsync(string name, string text)
    {
        using SecretValue value = SecretValue.FromText(text);
        await _store.CreateSecretAsync(name, value);
    }

    private async Task PutAsync(string name, string text, SecretStore? store = null)
    {
        using SecretValue value = SecretValue.FromText(text);
        await (store ?? _store).PutSecretValueAsync(name, value);
    }
}
