namespace EmbeddedSecrets.Repositories.Log;

/// <summary>Tells one run of the kernel from the next: what was in its memory then is gone.</summary>
internal static class BootId
{
    private const string LinuxPath = "/proc/sys/kernel/random/boot_id";

    /// <summary>Gets the id of this run. Never 0.</summary>
    public static UniqueId Current { get; } = Read();

    private static UniqueId Read()
    {
        if (OperatingSystem.IsLinux()
            && UniqueId.TryParse(File.ReadAllText(LinuxPath).Trim().Replace("-", string.Empty, StringComparison.Ordinal), out UniqueId id)
            && !id.IsNone)
        {
            return id;
        }

        // Where there is no id: the page of an earlier run is then only not believed because nobody is present.
        return new UniqueId(0, 1);
    }
}
