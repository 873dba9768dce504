using System.Security.Cryptography;
using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Collections;

namespace EmbeddedSecrets.Files;

/// <summary>
/// The names of logs: <c>log-</c>, the generation as 16 hexadecimal digits, <c>.ess</c>; and behind it, while one is made,
/// a dot, 8 random hexadecimal digits and <c>.tmp</c>, so that two that are made at once never meet. A backup is verified in a
/// folder called <c>restoring-</c> and 8 random digits.
/// </summary>
internal static class LogName
{
    public const string Pattern = Prefix + "*" + Suffix;

    private const string Prefix = "log-";
    private const string Suffix = ".ess";
    private const string StagingPrefix = "restoring-";
    private const string TemporarySuffix = ".tmp";
    private const char Separator = '.';
    private const int RandomDigits = 8;
    private const int LogLength = 4 + HexNumber.Digits + 4;

    private static readonly AsciiSet LowercaseDigits = new("0123456789abcdef");

    public static string Of(long generation) => Prefix + HexNumber.Format((ulong)generation) + Suffix;

    /// <summary>A new name for a log that is being made.</summary>
    public static string NewTemporaryOf(long generation) =>
        Of(generation) + Separator + RandomNumberGenerator.GetHexString(RandomDigits, lowercase: true) + TemporarySuffix;

    /// <summary>Whether the name is exactly one that this library gives: whatever else lies there is left alone.</summary>
    public static bool IsTemporary(string name) =>
        name.Length == LogLength + 1 + RandomDigits + TemporarySuffix.Length
        && name.EndsWith(TemporarySuffix, StringComparison.Ordinal)
        && name[LogLength] == Separator
        && LowercaseDigits.IndexOfOther(name.AsSpan(LogLength + 1, RandomDigits)) < 0
        && GenerationOf(name[..LogLength]) > 0;

    /// <summary>A new name for the folder in which a backup is verified.</summary>
    public static string NewStaging() => StagingPrefix + RandomNumberGenerator.GetHexString(RandomDigits, lowercase: true);

    /// <summary>Whether the name is exactly one that <see cref="NewStaging"/> gives.</summary>
    public static bool IsStaging(ReadOnlySpan<char> name) =>
        name.Length == StagingPrefix.Length + RandomDigits
        && name.StartsWith(StagingPrefix, StringComparison.Ordinal)
        && LowercaseDigits.IndexOfOther(name[StagingPrefix.Length..]) < 0;

    /// <summary>The generation that a file name tells, or 0.</summary>
    public static long GenerationOf(string name) =>
        name.Length == LogLength
        && HexNumber.TryParse(name.AsSpan(Prefix.Length, HexNumber.Digits), out ulong generation)
        && generation is > 0 and <= long.MaxValue
        && name == Of((long)generation)
            ? (long)generation
            : 0;
}
