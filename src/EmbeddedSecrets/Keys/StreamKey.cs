using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Errors;

namespace EmbeddedSecrets.Keys;

/// <summary>Reads a root key from a stream to its end, in the forms of a mounted key file.</summary>
internal static class StreamKey
{
    /// <summary>The key in memory that the caller disposes.</summary>
    public static PinnedBytes Read(Stream stream)
    {
        using SecretMemory memory = SecretMemory.Rent(KeyFile.MaxBytes + 1);
        int length = stream.ReadAtLeast(memory.Span, memory.Length, throwOnEndOfStream: false);
        PinnedBytes? key = length <= KeyFile.MaxBytes ? MountedFileRootKey.TryParse(memory.Span[..length]) : null;
        return key ?? throw KeyFailures.MalformedKey("The stream", $"{MountedFileRootKey.Form}; and nothing behind it");
    }
}
