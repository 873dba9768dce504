using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Errors;
using EmbeddedSecrets.Interop;
using Microsoft.Win32.SafeHandles;

namespace EmbeddedSecrets.Keys;

/// <summary>A root key in a file that only its owner can read, checked on the open handle before a byte is read (DESIGN K10, F10).</summary>
internal sealed class FileRootKey(string path) : RawRootKey
{
    private const UnixFileMode OthersMode = (UnixFileMode)0b000_111_111;
    private const uint Root = 0;

    private readonly string _path = Path.GetFullPath(path);

    protected override PinnedBytes Load(RootKeyContext context, bool mayCreate)
    {
        try
        {
            return ReadOrCreate(context, mayCreate);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw KeyFailures.KeyFileUnavailable(_path, exception);
        }
    }

    private PinnedBytes ReadOrCreate(RootKeyContext context, bool mayCreate)
    {
        if (TryRead() is { } key)
        {
            if (mayCreate)
            {
                FlushName(key);
            }

            return key;
        }

        if (!mayCreate)
        {
            throw KeyFailures.KeyFileMissing(_path, context.StoreLocation);
        }

        KeyFileCreation.TryCreate(_path);
        return TryRead() ?? throw KeyFailures.KeyFileMissing(_path, context.StoreLocation);
    }

    /// <summary>Whoever made the file may have been stopped before its name was on the disk, and a store begins to depend on it now.</summary>
    private void FlushName(PinnedBytes key)
    {
        try
        {
            NativeFile.FlushDirectory(Path.GetDirectoryName(_path)!);
        }
        catch (SystemCallException exception) when (exception.ErrorNumber == ErrorNumber.AccessDenied)
        {
            // Who may not list the directory did not make the file.
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    /// <summary>Null when the file does not exist.</summary>
    private PinnedBytes? TryRead()
    {
        SafeFileHandle file;
        try
        {
            file = NativeFile.Open(_path, FileAccessMode.Read);
        }
        catch (IOException exception) when (KeyFile.IsMissing(exception))
        {
            return null;
        }
        catch (SystemCallException exception) when (exception.ErrorNumber == ErrorNumber.TooManyLinks)
        {
            throw KeyFailures.InsecureKeyFile(_path, "it is a symbolic link; use a mounted key file where links are wanted");
        }
        catch (SystemCallException exception) when (exception.ErrorNumber == ErrorNumber.NoDeviceOrAddress)
        {
            throw KeyFailures.InsecureKeyFile(_path, "it is not a regular file");
        }

        using (file)
        {
            Check(file);
            using SecretMemory memory = SecretMemory.Rent(KeyFile.MaxBytes);
            return KeyLine.TryParse(KeyFile.Read(file, memory)) ?? throw KeyFailures.MalformedKey($"The key file '{_path}'", KeyLine.Form);
        }
    }

    private void Check(SafeFileHandle file)
    {
        FileFacts facts = KeyFile.Examine(file, _path);
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        if ((facts.Mode & OthersMode) != 0)
        {
            throw KeyFailures.InsecureKeyFile(_path, $"group or others can use it; make it private with: chmod 600 '{_path}'");
        }

        if (facts.OwnerId is { } owner && owner != Root && owner != NativeFile.CurrentUserId())
        {
            throw KeyFailures.InsecureKeyFile(_path, $"it belongs to another user (id {owner})");
        }

        if (facts.LinkCount > 1)
        {
            // A creation that is between its link and the removal of its temporary name looks the same, also after a crash.
            KeyFileCreation.RemoveTemporaryNames(_path);
            if (NativeFile.Examine(file, _path).LinkCount > 1)
            {
                throw KeyFailures.InsecureKeyFile(_path, "it has a second name (hard link), under which it can be read or changed");
            }
        }
    }
}
