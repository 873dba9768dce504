using System.Buffers;
using System.Buffers.Text;
using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Errors;
using EmbeddedSecrets.Interop;
using Microsoft.Win32.SafeHandles;

namespace EmbeddedSecrets.Keys;

/// <summary>
/// A root key in a file that an orchestrator mounts: behind links, owned by root, often readable by all. Only its kind, its
/// size and its form can be checked; never made by the library.
/// </summary>
internal sealed class MountedFileRootKey(string path) : RawRootKey
{
    public const string Form = $"{KeyLine.Form}; or 32 raw bytes; or 32 bytes as base64 or as 64 hex digits";
    private const int HexLength = 64;
    private const int Base64Length = 44;

    private readonly string _path = Path.GetFullPath(path);

    protected override PinnedBytes Load(RootKeyContext context, bool mayCreate)
    {
        try
        {
            return Read(context);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw KeyFailures.KeyFileUnavailable(_path, exception);
        }
    }

    private PinnedBytes Read(RootKeyContext context)
    {
        using SafeFileHandle file = Open(context);
        KeyFile.Examine(file, _path);
        using SecretMemory memory = SecretMemory.Rent(KeyFile.MaxBytes);
        return TryParse(KeyFile.Read(file, memory)) ?? throw KeyFailures.MalformedKey($"The mounted key file '{_path}'", Form);
    }

    /// <summary>Any bytes; the key in memory that the caller disposes, or null where they are none of the forms.</summary>
    public static PinnedBytes? TryParse(ReadOnlySpan<byte> content)
    {
        if (KeyLine.TryParse(content) is { } key)
        {
            return key;
        }

        using SecretMemory raw = SecretMemory.Rent(KeyLine.KeyLength);
        return TryDecode(content, raw.Span) && KeyLine.IsKey(raw.Span) ? new PinnedBytes(raw.Span) : null;
    }

    private SafeFileHandle Open(RootKeyContext context)
    {
        try
        {
            // The last link is resolved first, so that opening never waits at a FIFO.
            string target = File.ResolveLinkTarget(_path, returnFinalTarget: true)?.FullName ?? _path;
            return NativeFile.Open(target, FileAccessMode.Read);
        }
        catch (IOException exception) when (KeyFile.IsMissing(exception))
        {
            throw KeyFailures.MountedKeyMissing(_path, context.StoreLocation);
        }
    }

    /// <summary>Any bytes; false where they are none of the forms beside the key line.</summary>
    internal static bool TryDecode(ReadOnlySpan<byte> content, Span<byte> key)
    {
        if (content.Length == KeyLine.KeyLength)
        {
            content.CopyTo(key);
            return true;
        }

        ReadOnlySpan<byte> text = KeyLine.TrimLineEnd(content);
        if (text.Length == HexLength)
        {
            return Convert.FromHexString(text, key, out _, out int written) == OperationStatus.Done && written == key.Length;
        }

        // 43 digits carry 258 bits; both alphabets, the padding optional.
        if (text.Length == Base64Length && text[^1] == '=')
        {
            text = text[..^1];
        }

        if (text.Length != Base64Length - 1)
        {
            return false;
        }

        using SecretMemory padded = SecretMemory.Rent(Base64Length);
        text.CopyTo(padded.Span);
        padded.Span[^1] = (byte)'=';
        padded.Span.Replace((byte)'-', (byte)'+');
        padded.Span.Replace((byte)'_', (byte)'/');
        return Base64.DecodeFromUtf8(padded.Span, key, out _, out int decoded) == OperationStatus.Done && decoded == key.Length;
    }
}
