namespace EmbeddedSecrets.Errors;

/// <summary>Error numbers that are the same on Linux and macOS, and the few that are not.</summary>
internal static class ErrorNumber
{
    public const int NotPermitted = 1;
    public const int NoEntry = 2;
    public const int Interrupted = 4;
    public const int Io = 5;
    public const int NoDeviceOrAddress = 6;
    public const int AccessDenied = 13;
    public const int Exists = 17;
    public const int NotDirectory = 20;
    public const int NoSpace = 28;
    public const int ReadOnlyFileSystem = 30;

    public static int WouldBlock => OperatingSystem.IsMacOS() ? 35 : 11;

    /// <summary>What open(2) answers for a symbolic link under O_NOFOLLOW.</summary>
    public static int TooManyLinks => OperatingSystem.IsMacOS() ? 62 : 40;

    public static int NotSupported => OperatingSystem.IsMacOS() ? 45 : 95;
}
