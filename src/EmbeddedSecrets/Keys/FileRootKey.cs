using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Errors;
using EmbeddedSecrets.Interop;

namespace EmbeddedSecrets.Keys;

/// <summary>A root key in a file that only its owner can read, checked on the open handle before a byte is read (DESIGN K10, F10).</summary>
internal sealed class FileRootKey(string path) : RawRootKey
{
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
        if (PrivateKeyFile.TryRead(_path) is { } key)
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
        return PrivateKeyFile.TryRead(_path) ?? throw KeyFailures.KeyFileMissing(_path, context.StoreLocation);
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
}
