using System.Globalization;

namespace EmbeddedSecrets.Repositories.Log;

/// <summary>Tells one run of the kernel from the next: what was in its memory then is gone.</summary>
internal static class BootId
{
    private const string LinuxPath = "/proc/sys/kernel/random/boot_id";

    /// <summary>Gets the id of this run. Never 0.</summary>
    public static UInt128 Current { get; } = Read();

    private static UInt128 Read()
    {
        if (OperatingSystem.IsLinux()
            && UInt128.TryParse(File.ReadAllText(LinuxPath).Trim().Replace("-", string.Empty, StringComparison.Ordinal), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out UInt128 id)
            && id != 0)
        {
            return id;
        }

        // Where there is no id: the page of an earlier run is then only not believed because nobody is present.
        return 1;
    }
}
