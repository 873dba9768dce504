namespace EmbeddedSecrets.FaultTests;

/// <summary>
/// A volume that turns read-only, and a directory that is moved away, while the store is open. A remount by hand is refused
/// by the kernel while a file is open for writing (EBUSY), so the file system does it itself, after an error.
/// </summary>
[TestFixture]
public sealed class LostVolumeTests
{
    private MountedVolume? _volume;

    [TearDown]
    public void RemoveVolume() => _volume?.Dispose();

    [Test]
    public async Task Put_VolumeTurnsReadOnly_SaysSoReadsGoOnAndWorksAfterRemount()
    {
        _volume = MountedVolume.OnLoopDevice("ext4");
        string directory = Path.Combine(_volume.MountPoint, "store");
        string keyFile = Path.Combine(_volume.Outside, "root.key");
        using SecretValue value = SecretValue.FromText("value");
        await using (SecretStore store = await SecretStore.OpenAsync(directory, RootKey.FromFile(keyFile), new SecretStoreOptions { PayloadCacheBytes = 0 }))
        {
            await store.CreateSecretAsync("before", value);
            await store.PutSecretValueAsync("before", value);
            await TurnReadOnlyAsync(_volume.MountPoint);

            (await FailAsync(async () => await store.CreateSecretAsync("after", value))).Code
                .Should().BeOneOf(SecretStoreErrorCodes.ServiceUnavailable, SecretStoreErrorCodes.OutcomeUnknown, SecretStoreErrorCodes.WritesStopped);
            (await FailAsync(async () => await store.PutSecretValueAsync("before", value))).Code
                .Should().BeOneOf(SecretStoreErrorCodes.ServiceUnavailable, SecretStoreErrorCodes.OutcomeUnknown, SecretStoreErrorCodes.WritesStopped);
            using SecretValueResult read = await store.GetSecretValueAsync("before");
            read.Value.RevealText().Should().Be("value");
        }

        (await FailAsync(async () => await SecretStore.OpenAsync(directory, RootKey.FromFile(keyFile)))).Code.Should().Be(SecretStoreErrorCodes.WritesStopped);
        await using (SecretStore reading = await SecretStore.OpenAsync(directory, RootKey.FromFile(keyFile), new SecretStoreOptions { ReadOnly = true }))
        {
            using SecretValueResult read = await reading.GetSecretValueAsync("before");
            read.Value.RevealText().Should().Be("value");
        }

        _volume.Unmount();
        _volume.Mount();
        await using SecretStore again = await SecretStore.OpenAsync(directory, RootKey.FromFile(keyFile));
        using SecretValueResult stored = await again.GetSecretValueAsync("before");
        stored.Value.RevealText().Should().Be("value");
        await again.PutSecretValueAsync("before", value);
    }

    [Test]
    public async Task Put_DirectoryMovedAway_SaysSoAndReadsGoOn()
    {
        string root = Directory.CreateTempSubdirectory("embedded-secrets-").FullName;
        try
        {
            string directory = Path.Combine(root, "store");
            string moved = Path.Combine(root, "moved");
            string keyFile = Path.Combine(root, "root.key");
            using SecretValue value = SecretValue.FromText("value");
            await using (SecretStore store = await SecretStore.OpenAsync(directory, RootKey.FromFile(keyFile), new SecretStoreOptions { PayloadCacheBytes = 0 }))
            {
                await store.CreateSecretAsync("before", value);
                Directory.Move(directory, moved);

                SecretStoreException refused = await FailAsync(async () => await store.CreateSecretAsync("refused", value));
                refused.Code.Should().Be(SecretStoreErrorCodes.ServiceUnavailable);
                refused.Message.Should().Contain("moved");
                using SecretValueResult read = await store.GetSecretValueAsync("before");
                read.Value.RevealText().Should().Be("value");

                // Whoever opens it where it is now shares the lock, which lies on the directory itself.
                await using SecretStore there = await SecretStore.OpenAsync(moved, RootKey.FromFile(keyFile));
                await there.CreateSecretAsync("after", value);
            }

            await using SecretStore again = await SecretStore.OpenAsync(moved, RootKey.FromFile(keyFile));
            using SecretValueResult stored = await again.GetSecretValueAsync("after");
            stored.Value.RevealText().Should().Be("value");
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    /// <summary>ext4 is told that it met an error, and turns read-only, as its mount options say.</summary>
    private static async Task TurnReadOnlyAsync(string mountPoint)
    {
        string line = (await File.ReadAllLinesAsync("/proc/mounts")).Single(mount => mount.Split(' ')[1] == mountPoint);
        string trigger = $"/sys/fs/ext4/{Path.GetFileName(line.Split(' ')[0])}/trigger_fs_error";
        try
        {
            await File.WriteAllTextAsync(trigger, "the test turns the volume read-only");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Assert.Ignore($"{trigger} is needed, and cannot be written.");
        }
    }

    private static async Task<SecretStoreException> FailAsync(Func<Task> act) => (await act.Should().ThrowAsync<SecretStoreException>()).Which;
}
