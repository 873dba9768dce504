using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Errors;

namespace EmbeddedSecrets.Keys;

/// <summary>Reads a root key from a stream to its end, in the forms of a mounted key file.</summary>
internal static class StreamKey
{
    /// <summary>The key in memory that the caller disposes.</summary>
    public static PinnedBytes Read(Stream stream)
    {
        // A stream that goes on behind this fills the memory, and no form of a key has that length.
        using SecretMemory memory = SecretMemory.Rent(KeyFile.MaxBytes);
        int length = stream.ReadAtLeast(memory.Span, memory.Length, throwOnEndOfStream: false);
        return MountedFileRootKey.TryParse(memory.Span[..length])
            ?? throw KeyFailures.MalformedKey("The stream", $"{MountedFileRootKey.Form}; and nothing behind it");
    }
}
