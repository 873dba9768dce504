namespace EmbeddedSecrets.FaultTests;

/// <summary>A file system of a test's own, mounted in a temporary directory. Needs root.</summary>
internal sealed class MountedVolume : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("embedded-secrets-").FullName;
    private readonly string[] _mount;

    private MountedVolume(string[] mount)
    {
        Needs.Root();
        Directory.CreateDirectory(MountPoint);
        _mount = mount;
    }

    /// <summary>Gets where the file system is seen.</summary>
    public string MountPoint => Path.Combine(_root, "volume");

    /// <summary>Gets a directory beside it, on a disk that nobody breaks.</summary>
    public string Outside => _root;

    private string Image => Path.Combine(_root, "image");

    public static MountedVolume Tmpfs(string size)
    {
        var volume = new MountedVolume(["-t", "tmpfs", "-o", $"size={size},mode=700", "tmpfs"]);
        volume.Mount();
        return volume;
    }

    /// <summary>Makes ext4 or xfs in a file. ext4 goes read-only at an error of its own.</summary>
    public static MountedVolume OnLoopDevice(string kind)
    {
        var volume = new MountedVolume(["-o", kind == "ext4" ? "loop,errors=remount-ro" : "loop"]);
        try
        {
            using (FileStream image = File.Create(volume.Image))
            {
                image.SetLength(400L << 20);
            }

            if (Needs.Run($"mkfs.{kind}", "-q", volume.Image) is not 0)
            {
                Assert.Ignore($"mkfs.{kind} is needed.");
            }

            volume.Mount();
            return volume;
        }
        catch
        {
            volume.Dispose();
            throw;
        }
    }

    /// <summary>Mounts it, again after <see cref="Unmount"/>.</summary>
    public void Mount()
    {
        string[] what = File.Exists(Image) ? [.. _mount, Image, MountPoint] : [.. _mount, MountPoint];
        if (Needs.Run("mount", what) is not 0)
        {
            Assert.Ignore($"the right to mount ({string.Join(' ', _mount)}) is needed.");
        }
    }

    public void Unmount()
    {
        int? code = Needs.Run("umount", MountPoint);
        code.Should().Be(0, "nobody uses the volume any more");
    }

    public void Resize(string size)
    {
        int? code = Needs.Run("mount", "-o", $"remount,size={size}", MountPoint);
        code.Should().Be(0);
    }

    public void Dispose()
    {
        if (Needs.Run("mountpoint", "-q", MountPoint) is 0)
        {
            Needs.Run("umount", "-l", MountPoint);
        }

        if (Directory.Exists(_root))
        {
            Directory.Delete(_root, recursive: true);
        }
    }
}
