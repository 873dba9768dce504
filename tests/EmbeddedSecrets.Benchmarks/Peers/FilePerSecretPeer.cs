using EmbeddedSecrets.Interop;

namespace EmbeddedSecrets.Benchmarks.Peers;

/// <summary>A file for each secret, replaced in the one way that survives a power failure: temporary file, flush, rename, flush of the directory.</summary>
internal sealed class FilePerSecretPeer(string directory)
{
    public void Write(string name, byte[] message)
    {
        string path = Path.Combine(directory, name.Replace('/', '_'));
        string temporary = path + ".new";
        using (Microsoft.Win32.SafeHandles.SafeFileHandle file = File.OpenHandle(temporary, FileMode.Create, FileAccess.Write))
        {
            RandomAccess.Write(file, message, 0);
            RandomAccess.FlushToDisk(file);
        }

        File.Move(temporary, path, overwrite: true);
        NativeFile.FlushDirectory(directory);
    }
}
