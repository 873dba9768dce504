using System.Security.Cryptography;

namespace EmbeddedSecrets.FaultTests;

/// <summary>As an orchestrator runs it: a user without rights, a root file system that is read-only, one volume that is writable, and a mounted key.</summary>
[TestFixture]
public sealed class ContainerTests
{
    private const string User = "65534";

    private MountedVolume? _volume;

    [TearDown]
    public void RemoveVolume() => _volume?.Dispose();

    [Test]
    public async Task Store_UserWithoutRightsAndReadOnlyRoot_IsMadeUsedAndOpenedAgain()
    {
        _volume = MountedVolume.Tmpfs("16m");
        MakeReachable();
        string keyFile = await MountKeyAsync(Path.Combine(_volume.Outside, "keys"));
        string directory = Path.Combine(_volume.MountPoint, "store");

        await using (LiveChild child = await StartAsync(directory, keyFile))
        {
            (await child.AskAsync("create name first")).Should().Be("created name");
            (await child.AskAsync("put name second")).Should().Be("put v2");
            (await child.AskAsync("compact")).Should().Be("compacted");
            await using LiveChild other = await StartAsync(directory, keyFile);
            (await other.AskAsync("get name")).Should().Be("got second");
            (await other.AskAsync("put name third")).Should().Be("put v3");
            (await child.AskAsync("get name")).Should().Be("got third");
            (await other.AskAsync("close")).Should().Be("closed");
            (await child.AskAsync("close")).Should().Be("closed");
        }

        await using LiveChild again = await StartAsync(directory, keyFile);
        (await again.AskAsync("open")).Should().Be("opened 0");
        (await again.AskAsync("get name")).Should().Be("got third");
        Directory.GetFiles(directory).Should().OnlyContain(file => (File.GetUnixFileMode(file) & ~(UnixFileMode.UserRead | UnixFileMode.UserWrite)) == 0);
    }

    private static async Task<LiveChild> StartAsync(string directory, string keyFile)
    {
        // The volume is a mount of its own, and stays writable when the root becomes read-only in this namespace.
        string[] by =
        [
            "unshare", "--mount", "sh", "-c", $"mount -o remount,bind,ro / && export DOTNET_EnableDiagnostics=0 HOME=/nonexistent && exec setpriv --reuid {User} --regid {User} --clear-groups --no-new-privs \"$@\"", "sh",
        ];
        LiveChild child;
        try
        {
            child = LiveChild.StartBy(by, "serve", directory, keyFile);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Ignore("unshare is needed.");
            throw;
        }

        if (await child.ReadLineAsync() is not { } ready || !ready.StartsWith("ready ", StringComparison.Ordinal))
        {
            await child.DisposeAsync();
            Assert.Ignore("unshare, setpriv, the right to mount, and a build that any user can read are needed.");
        }

        return child;
    }

    private void MakeReachable()
    {
        File.SetUnixFileMode(_volume!.Outside, (UnixFileMode)0b111_101_101);
        Needs.Run("chown", $"{User}:{User}", _volume.MountPoint).Should().Be(0);
    }

    /// <summary>As Kubernetes mounts it: a link to a link, root-owned, readable by everybody.</summary>
    private static async Task<string> MountKeyAsync(string place)
    {
        string version = Path.Combine(place, "..2026_01_01");
        Directory.CreateDirectory(version);
        string file = Path.Combine(version, "root.key");
        await File.WriteAllTextAsync(file, Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        File.SetUnixFileMode(place, (UnixFileMode)0b111_101_101);
        File.SetUnixFileMode(version, (UnixFileMode)0b111_101_101);
        File.CreateSymbolicLink(Path.Combine(place, "..data"), Path.GetFileName(version));
        string mounted = Path.Combine(place, "root.key");
        File.CreateSymbolicLink(mounted, Path.Combine("..data", "root.key"));
        return mounted;
    }
}
