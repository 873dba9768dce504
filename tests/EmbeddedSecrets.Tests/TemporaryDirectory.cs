namespace EmbeddedSecrets.Tests;

/// <summary>A directory of a test's own, removed after it.</summary>
public sealed class TemporaryDirectory : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("ess-test-");

    public string Store => Path.Combine(_root.FullName, "store");

    public string LogPath => Path.Combine(Store, "log-0000000000000001.ess");

    public string LockPath => Path.Combine(Store, "queue.lock");

    public string Root => _root.FullName;

    public string this[string name] => Path.Combine(_root.FullName, name);

    /// <summary>What a crash would leave: the files as they are now, while somebody has them open.</summary>
    public void CopyTo(TemporaryDirectory other)
    {
        Directory.CreateDirectory(other.Store, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        other.WriteLog(ReadLog());
    }

    public byte[] ReadLog()
    {
        using var stream = new FileStream(LogPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    public void WriteLog(ReadOnlySpan<byte> bytes)
    {
        Directory.CreateDirectory(Store, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.WriteAllBytes(LogPath, bytes);
        File.SetUnixFileMode(LogPath, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        if (!File.Exists(LockPath))
        {
            File.WriteAllBytes(LockPath, []);
            File.SetUnixFileMode(LockPath, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    public void Dispose() => _root.Delete(recursive: true);
}
