using System.Security.Cryptography;
using EmbeddedSecrets.Interop;
using Microsoft.Win32.SafeHandles;

namespace EmbeddedSecrets.Tests;

/// <summary>Everything below a directory: names, modes and contents, to show that nothing was created or changed.</summary>
internal static class DirectorySnapshot
{
    public static IReadOnlyList<string> Of(string root)
    {
        return [.. Directory.EnumerateFileSystemEntries(root, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(Describe)];
    }

    /// <summary>Through a handle that asks for no lock: a store may hold one.</summary>
    private static byte[] Read(string path)
    {
        using SafeFileHandle file = NativeFile.Open(path, FileAccessMode.Read);
        byte[] bytes = new byte[RandomAccess.GetLength(file)];
        RandomAccess.Read(file, bytes, 0);
        return bytes;
    }

    private static string Describe(string path)
    {
        string content = File.Exists(path) ? Convert.ToHexString(SHA256.HashData(Read(path))) : "directory";
        return $"{path} {File.GetUnixFileMode(path)} {content}";
    }
}
