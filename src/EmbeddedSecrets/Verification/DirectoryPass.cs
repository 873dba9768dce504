using EmbeddedSecrets.Files;
using EmbeddedSecrets.Interop;

namespace EmbeddedSecrets.Verification;

/// <summary>What stands in the directory beside the log that counts. None of it hinders the store; all of it is a note.</summary>
internal static class DirectoryPass
{
    private const UnixFileMode OthersMode = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    public static void Run(string path, long generation, Findings findings)
    {
        try
        {
            Look(path, generation, findings);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            findings.Add(new VerificationFault(VerificationFaultKind.Directory, $"The directory '{path}' cannot be looked through: {exception.Message}"));
        }
    }

    private static void Look(string path, long generation, Findings findings)
    {
        foreach (FileSystemInfo entry in new DirectoryInfo(path).EnumerateFileSystemInfos())
        {
            if (Describe(entry.Name, generation) is { } note)
            {
                findings.Note(note);
            }

            if (OperatingSystem.IsLinux() && NativeFile.ExamineName(entry.FullName) is { Kind: FileKind.Regular } facts && (facts.Mode & OthersMode) != 0)
            {
                findings.Note($"'{entry.FullName}' can be used by the group or by others.");
            }
        }
    }

    private static string? Describe(string name, long generation)
    {
        if (LogName.GenerationOf(name) is > 0 and long found)
        {
            return found == generation ? null : $"'{name}' is another generation of the log than the one that was verified.";
        }

        if (LogName.IsTemporary(name) || LogName.IsStaging(name))
        {
            return $"'{name}' was left behind by an interrupted compaction, creation or restore, or one is running.";
        }

        return name is "store.page" or "queue.lock" or "compaction.lock" or "commit.lock" ? null : $"'{name}' does not belong to the store.";
    }
}
