using System.Globalization;

namespace EmbeddedSecrets.FaultTests;

/// <summary>A disk that is really full (DESIGN F9).</summary>
[TestFixture]
public sealed class FullDiskTests
{
    private const int ValueLength = 9000;

    private MountedVolume? _volume;

    [TearDown]
    public void RemoveVolume() => _volume?.Dispose();

    [Test]
    public async Task Put_DiskFull_SaysSoAndGoesOnOnceSpaceIsFree(
        [Values("64k", "256k", "1m")] string size)
    {
        _volume = MountedVolume.Tmpfs(size);
        string keyFile = Path.Combine(_volume.Outside, "root.key");
        string directory = Path.Combine(_volume.MountPoint, "store");
        string ballast = Path.Combine(_volume.MountPoint, "ballast");
        await File.WriteAllBytesAsync(ballast, new byte[size == "64k" ? 30 << 10 : 80 << 10]);
        List<string> acknowledged = [];
        List<string> failed = [];
        await using (SecretStore store = await SecretStore.OpenAsync(directory, RootKey.FromFile(keyFile)))
        {
            await FillAsync(store, acknowledged, failed);
            int whenFull = acknowledged.Count;
            whenFull.Should().BePositive();
            await CheckAsync(store, acknowledged, failed);

            File.Delete(ballast);
            await FillAsync(store, acknowledged, failed);
            acknowledged.Count.Should().BeGreaterThan(whenFull, "the same process goes on writing");
            await CheckAsync(store, acknowledged, failed);
        }

        await using SecretStore again = await SecretStore.OpenAsync(directory, RootKey.FromFile(keyFile));
        await CheckAsync(again, acknowledged, failed);
        again.Recovery!.RecordCount.Should().Be(acknowledged.Count, "nothing half is left");
        TestContext.Out.WriteLine($"full disk of {size}: {acknowledged.Count} acknowledgements checked, {failed.Count} refused, 0 lost");
    }

    [Test]
    public async Task OpenAsync_NoRoomForANewStore_SaysSoAndWorksOnceThereIs()
    {
        _volume = MountedVolume.Tmpfs("8k");
        string keyFile = Path.Combine(_volume.Outside, "root.key");
        string directory = Path.Combine(_volume.MountPoint, "store");
        await File.WriteAllBytesAsync(Path.Combine(_volume.MountPoint, "ballast"), new byte[8 << 10]);

        Func<Task> act = async () => await SecretStore.OpenAsync(directory, RootKey.FromFile(keyFile));
        (await act.Should().ThrowAsync<SecretStoreException>()).Which.Code.Should().Be(SecretStoreErrorCodes.ServiceUnavailable);

        _volume.Resize("1m");
        await using SecretStore store = await SecretStore.OpenAsync(directory, RootKey.FromFile(keyFile));
        using SecretValue value = SecretValue.FromText("value");
        await store.CreateSecretAsync("name", value);
    }

    [Test]
    public async Task OpenAsync_NoRoomForTheSharedPage_SaysSoAndWorksOnceThereIs([Values] bool shortened)
    {
        _volume = MountedVolume.Tmpfs("256k");
        string keyFile = Path.Combine(_volume.Outside, "root.key");
        string directory = Path.Combine(_volume.MountPoint, "store");
        string page = Path.Combine(directory, "store.page");
        using SecretValue value = SecretValue.FromText("value");
        await using (SecretStore store = await SecretStore.OpenAsync(directory, RootKey.FromFile(keyFile)))
        {
            await store.CreateSecretAsync("name", value);
        }

        if (shortened)
        {
            await using FileStream stream = File.OpenWrite(page);
            stream.SetLength(0);
        }
        else
        {
            File.Delete(page);
        }

        string ballast = Path.Combine(_volume.MountPoint, "ballast");
        Func<Task> fill = () => File.WriteAllBytesAsync(ballast, new byte[1 << 20]);
        await fill.Should().ThrowAsync<IOException>();

        Func<Task> act = async () => await SecretStore.OpenAsync(directory, RootKey.FromFile(keyFile));
        (await act.Should().ThrowAsync<SecretStoreException>()).Which.Code.Should().Be(SecretStoreErrorCodes.ServiceUnavailable);

        File.Delete(ballast);
        await using SecretStore again = await SecretStore.OpenAsync(directory, RootKey.FromFile(keyFile));
        (await again.GetSecretValueAsync("name")).Dispose();
        await again.PutSecretValueAsync("name", value);
    }

    private static async Task FillAsync(SecretStore store, List<string> acknowledged, List<string> failed)
    {
        while (true)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"name-{acknowledged.Count + failed.Count}");
            try
            {
                using SecretValue value = SecretValue.FromText(name.PadRight(ValueLength, 'x'));
                await store.CreateSecretAsync(name, value);
                acknowledged.Add(name);
            }
            catch (SecretStoreException exception)
            {
                exception.Code.Should().Be(SecretStoreErrorCodes.ServiceUnavailable);
                failed.Add(name);
                return;
            }
        }
    }

    private static async Task CheckAsync(SecretStore store, List<string> acknowledged, List<string> failed)
    {
        foreach (string name in acknowledged)
        {
            using SecretValueResult result = await store.GetSecretValueAsync(name);
            result.Value.RevealText().Should().Be(name.PadRight(ValueLength, 'x'));
        }

        foreach (string name in failed)
        {
            Func<Task> act = async () => (await store.GetSecretValueAsync(name)).Dispose();
            await act.Should().ThrowAsync<SecretNotFoundException>();
        }
    }
}
