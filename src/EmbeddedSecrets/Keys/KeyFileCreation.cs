using System.Buffers;
using System.Security.Cryptography;
using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Interop;
using Microsoft.Win32.SafeHandles;

namespace EmbeddedSecrets.Keys;

/// <summary>
/// Makes a key file so that it is complete and on the disk when it gets its name, and that of several processes one wins:
/// written under a temporary name, flushed, then linked to the final one, which never replaces a file.
/// </summary>
internal static class KeyFileCreation
{
    private const UnixFileMode PrivateDirectory = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const string TemporaryMark = ".new-";
    private const int RandomBytes = 8;

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    /// <summary>Makes the file unless somebody else has made it meanwhile.</summary>
    public static void TryCreate(string path)
    {
        string directory = Path.GetDirectoryName(path)!;
        CreateDirectory(directory);
        string temporary = path + TemporaryMark + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(RandomBytes));
        try
        {
            Write(temporary);
            NativeFile.TryLink(temporary, path);
        }
        catch (IOException exception) when (KeyFile.IsMissing(exception) && File.Exists(path))
        {
            // Whoever won has removed the temporary names of all.
        }
        finally
        {
            File.Delete(temporary);
        }

        NativeFile.FlushDirectory(directory);
    }

    /// <summary>Removes the temporary names that creations of this file left, or are about to remove themselves.</summary>
    public static void RemoveTemporaryNames(string path)
    {
        string start = Path.GetFileName(path) + TemporaryMark;
        int length = start.Length + (2 * RandomBytes);
        foreach (string name in Directory.EnumerateFiles(Path.GetDirectoryName(path)!).Select(Path.GetFileName).OfType<string>())
        {
            if (name.Length == length && name.StartsWith(start, StringComparison.Ordinal) && !name.AsSpan(start.Length).ContainsAnyExcept(HexDigits))
            {
                File.Delete(Path.Combine(Path.GetDirectoryName(path)!, name));
            }
        }
    }

    private static void Write(string temporary)
    {
        using SecretMemory key = SecretMemory.Rent(KeyLine.KeyLength);
        RandomNumberGenerator.Fill(key.Span);
        using SecretMemory line = KeyLine.Write(key.Span);
        using SafeFileHandle file = NativeFile.Open(temporary, FileAccessMode.CreateNew);
        RandomAccess.Write(file, line.Span, 0);
        RandomAccess.Write(file, "\n"u8, line.Length);
        NativeFile.Flush(file, temporary);
    }

    /// <summary>Makes the directories that are missing, for the owner only, each of them on the disk.</summary>
    private static void CreateDirectory(string directory)
    {
        var missing = new Stack<string>();
        for (string? next = directory; next is not null && !Directory.Exists(next); next = Path.GetDirectoryName(next))
        {
            missing.Push(next);
        }

        foreach (string next in missing)
        {
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(next);
                continue;
            }

            Directory.CreateDirectory(next, PrivateDirectory);
            NativeFile.FlushDirectory(Path.GetDirectoryName(next)!);
        }
    }
}
