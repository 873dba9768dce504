using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Errors;
using EmbeddedSecrets.Interop;
using Microsoft.Win32.SafeHandles;

namespace EmbeddedSecrets.Keys;

/// <summary>Reads what an open key file holds, once it was checked.</summary>
internal static class KeyFile
{
    public const int MaxBytes = 4096;

    /// <summary>Refuses what is not a regular file of a size that a key can have.</summary>
    public static FileFacts Examine(SafeFileHandle file, string path)
    {
        FileFacts facts = NativeFile.Examine(file, path);
        if (facts.Kind != FileKind.Regular)
        {
            throw KeyFailures.InsecureKeyFile(path, "it is not a regular file");
        }

        return facts.Length <= MaxBytes ? facts : throw KeyFailures.InsecureKeyFile(path, $"it is larger than {MaxBytes:N0} bytes, so it is no key file");
    }

    /// <summary>Reads the file into memory of <see cref="MaxBytes"/>.</summary>
    public static ReadOnlySpan<byte> Read(SafeFileHandle file, SecretMemory memory)
    {
        int length = 0;
        while (length < memory.Length)
        {
            int read = RandomAccess.Read(file, memory.Span[length..], length);
            if (read == 0)
            {
                break;
            }

            length += read;
        }

        return memory.Span[..length];
    }

    public static bool IsMissing(IOException exception) =>
        exception is FileNotFoundException or DirectoryNotFoundException or SystemCallException { ErrorNumber: ErrorNumber.NoEntry };
}
