using EmbeddedSecrets.Interop;
using Microsoft.Win32.SafeHandles;

namespace EmbeddedSecrets.Repositories.Log;

/// <summary>Tells one run of the kernel from the next: what was in its memory then is gone.</summary>
internal static class BootId
{
    private const string LinuxPath = "/proc/sys/kernel/random/boot_id";

    /// <summary>Gets the id of this run. Never 0.</summary>
    public static UniqueId Current { get; } = Read();

    private static UniqueId Read()
    {
        if (OperatingSystem.IsLinux() && TryReadDigits(out UniqueId id) && !id.IsNone)
        {
            return id;
        }

        // Where there is no id: the page of an earlier run is then only not believed because nobody is present.
        return new UniqueId(0, 1);
    }

    /// <summary>The id stands there as 32 hexadecimal digits in groups. Every opening in a new process waits for it, so no stream is set up.</summary>
    private static bool TryReadDigits(out UniqueId id)
    {
        Span<byte> text = stackalloc byte[64];
        using SafeFileHandle file = NativeFile.Open(LinuxPath, FileAccessMode.Read);
        Span<char> digits = stackalloc char[text.Length];
        int count = 0;
        foreach (byte letter in text[..RandomAccess.Read(file, text, 0)])
        {
            if (char.IsAsciiHexDigit((char)letter))
            {
                digits[count++] = (char)letter;
            }
        }

        return UniqueId.TryParse(digits[..count], out id);
    }
}
