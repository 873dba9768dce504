using System.Globalization;
using Samples = EmbeddedSecrets.Tests.Envelope.Samples;

namespace EmbeddedSecrets.Tests.Hygiene;

/// <summary>
/// No salt is used by two writing instances, and no salt with the same nonce twice (DESIGN K5), over restarts, a copied
/// directory, a restored backup and two instances at once.
/// </summary>
[TestFixture]
public sealed class SaltAndNonceTests
{
    private readonly byte[] _rootKey = Samples.Bytes(32);
    private SealedMessages _messages = null!;

    [SetUp]
    public void SetUp() => _messages = new SealedMessages();

    [Test]
    public async Task SaltsAndNonces_OverRestartsCopiesAndBackups_AreNeverUsedTwice()
    {
        using var directory = new TemporaryDirectory();
        using var copy = new TemporaryDirectory();
        string original = directory["store"];
        using var backup = new MemoryStream();
        for (int run = 0; run < 3; run++)
        {
            await WriteAsync(original, run, backup: run == 1 ? backup : null);
            await CollectAsync(original, $"run {run}");
        }

        Copy(original, copy["store"]);
        await WriteAsync(copy["store"], 10);
        await CollectAsync(copy["store"], "the copy");
        await WriteAsync(original, 11);
        await CollectAsync(original, "the original after it was copied");
        backup.Position = 0;
        await SecretStoreMaintenance.RestoreAsync(backup, directory["restored"], RootKey.FromBytes(_rootKey));
        await CollectAsync(directory["restored"], "the restoring");
        await WriteAsync(directory["restored"], 12);
        await CollectAsync(directory["restored"], "the restored store");
        await WriteAsync(original, 13, compact: true);
        await CollectAsync(original, "the compaction");

        TestContext.Out.WriteLine($"{_messages.Count} messages, {_messages.Salts} salts");
        _messages.Count.Should().BeGreaterThan(100);
        _messages.Writers.Should().HaveCountGreaterThan(7);
    }

    [Test]
    public async Task SaltsAndNonces_TwoInstancesAtOnce_ShareNone()
    {
        using var directory = new TemporaryDirectory();
        string path = directory["store"];
        await WriteAsync(path, 0);
        await CollectAsync(path, "before");
        await using SecretStore first = await SecretStore.OpenAsync(path, RootKey.FromBytes(_rootKey));
        await using SecretStore second = await SecretStore.OpenAsync(path, RootKey.FromBytes(_rootKey));

        for (int i = 0; i < 10; i++)
        {
            foreach ((SecretStore store, string who) in new[] { (first, "first"), (second, "second") })
            {
                await store.CreateTextAsync(string.Create(CultureInfo.InvariantCulture, $"{who}-{i}"), "a value");
                await CollectAsync(path, who);
            }
        }

        _messages.Writers.Should().Contain("first").And.Contain("second");
    }

    private async Task WriteAsync(string path, int run, Stream? backup = null, bool compact = false)
    {
        await using SecretStore store = await SecretStore.OpenAsync(path, RootKey.FromBytes(_rootKey));
        for (int i = 0; i < 8; i++)
        {
            await store.CreateTextAsync(string.Create(CultureInfo.InvariantCulture, $"name-{run}-{i}"), "a value");
        }

        await store.Keys.RotateKeyAsync(EncryptionKeys.Default);
        if (backup is not null)
        {
            await store.Maintenance.BackUpAsync(backup);
        }

        if (compact)
        {
            await store.Maintenance.CompactAsync();
        }
    }

    private Task CollectAsync(string path, string writer) => _messages.CollectAsync(path, RootKey.FromBytes(_rootKey), writer);

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        foreach (string file in Directory.GetFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }
    }
}
