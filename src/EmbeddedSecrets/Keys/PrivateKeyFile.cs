using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Errors;
using EmbeddedSecrets.Interop;
using Microsoft.Win32.SafeHandles;

namespace EmbeddedSecrets.Keys;

/// <summary>Reads a key file that only its owner can read, checked on the open handle before a byte is read (DESIGN K10, F10).</summary>
internal static class PrivateKeyFile
{
    private const UnixFileMode OthersMode = (UnixFileMode)0b000_111_111;
    private const uint Root = 0;

    /// <summary>Null when the file does not exist.</summary>
    public static PinnedBytes? TryRead(string path)
    {
        SafeFileHandle file;
        try
        {
            file = NativeFile.Open(path, FileAccessMode.Read);
        }
        catch (IOException exception) when (KeyFile.IsMissing(exception))
        {
            return null;
        }
        catch (SystemCallException exception) when (exception.ErrorNumber == ErrorNumber.TooManyLinks)
        {
            throw KeyFailures.InsecureKeyFile(path, "it is a symbolic link; use a mounted key file where links are wanted");
        }
        catch (SystemCallException exception) when (exception.ErrorNumber == ErrorNumber.NoDeviceOrAddress)
        {
            throw KeyFailures.InsecureKeyFile(path, "it is not a regular file");
        }

        using (file)
        {
            Check(file, path);
            using SecretMemory memory = SecretMemory.Rent(KeyFile.MaxBytes);
            return KeyLine.TryParse(KeyFile.Read(file, memory)) ?? throw KeyFailures.MalformedKey($"The key file '{path}'", KeyLine.Form);
        }
    }

    private static void Check(SafeFileHandle file, string path)
    {
        FileFacts facts = KeyFile.Examine(file, path);
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        if ((facts.Mode & OthersMode) != 0)
        {
            throw KeyFailures.InsecureKeyFile(path, $"group or others can use it; make it private with: chmod 600 '{path}'");
        }

        if (facts.OwnerId is { } owner && owner != Root && owner != NativeFile.CurrentUserId())
        {
            throw KeyFailures.InsecureKeyFile(path, $"it belongs to another user (id {owner})");
        }

        if (facts.LinkCount > 1)
        {
            // A creation that is between its link and the removal of its temporary name looks the same, also after a crash.
            KeyFileCreation.RemoveTemporaryNames(path);
            if (NativeFile.Examine(file, path).LinkCount > 1)
            {
                throw KeyFailures.InsecureKeyFile(path, "it has a second name (hard link), under which it can be read or changed");
            }
        }
    }
}
