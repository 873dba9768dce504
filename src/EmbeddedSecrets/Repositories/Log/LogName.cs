using System.Globalization;

namespace EmbeddedSecrets.Repositories.Log;

/// <summary>The names of logs: <c>log-</c>, the generation as 16 hexadecimal digits, <c>.ess</c>; and <c>.tmp</c> behind it while one is made.</summary>
internal static class LogName
{
    public const string Pattern = Prefix + "*" + Suffix;

    private const string Prefix = "log-";
    private const string Suffix = ".ess";
    private const string TemporarySuffix = ".tmp";
    private const int GenerationDigits = 16;

    public static string Of(long generation) => Prefix + generation.ToString("x16", CultureInfo.InvariantCulture) + Suffix;

    public static string TemporaryOf(long generation) => Of(generation) + TemporarySuffix;

    /// <summary>Whether the name is exactly one that this library gives: whatever else lies there is left alone.</summary>
    public static bool IsTemporary(string name) =>
        name.EndsWith(TemporarySuffix, StringComparison.Ordinal) && GenerationOf(name[..^TemporarySuffix.Length]) > 0;

    /// <summary>The generation that a file name tells, or 0.</summary>
    public static long GenerationOf(string name) =>
        name.Length == Prefix.Length + GenerationDigits + Suffix.Length
        && long.TryParse(name.AsSpan(Prefix.Length, GenerationDigits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long generation)
        && generation > 0
        && name == Of(generation)
            ? generation
            : 0;
}
