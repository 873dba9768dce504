namespace EmbeddedSecrets.Interop;

/// <summary>What an open handle, and not a path that may point elsewhere by now, says about its file.</summary>
/// <param name="Kind">What the file is.</param>
/// <param name="Mode">The permission bits, 12 of them.</param>
/// <param name="OwnerId">The user id of the owner; null where the platform does not tell.</param>
/// <param name="LinkCount">The number of names that the file has; null where the platform does not tell.</param>
/// <param name="Length">The length in bytes.</param>
/// <param name="Identity">What no other file of this machine has as long as this one exists; null where the platform does not tell.</param>
internal readonly record struct FileFacts(FileKind Kind, UnixFileMode Mode, uint? OwnerId, uint? LinkCount, long Length, UniqueId? Identity = null);

/// <summary>The kinds of file that make a difference here.</summary>
internal enum FileKind
{
    Regular,
    Directory,
    Other,
}
