using System.Globalization;

namespace EmbeddedSecrets.Auditing;

/// <summary>The names of the files of a trail: <c>audit-&lt;8 digits&gt;.esa</c>, from 1.</summary>
internal static class AuditFileName
{
    public const int MaxNumber = 99_999_999;

    /// <summary>Where a file is made until its first line is on the disk.</summary>
    public const string Temporary = "audit.new";

    private const string Start = "audit-";
    private const string End = ".esa";
    private const int Digits = 8;

    public static string Of(int number) => Start + number.ToString("D8", CultureInfo.InvariantCulture) + End;

    /// <summary>0 for what is no name of such a file.</summary>
    public static int NumberOf(string name) =>
        name.Length == Start.Length + Digits + End.Length
        && name.StartsWith(Start, StringComparison.Ordinal)
        && name.EndsWith(End, StringComparison.Ordinal)
        && int.TryParse(name.AsSpan(Start.Length, Digits), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number
            : 0;

    /// <summary>The numbers of the files, in ascending order.</summary>
    public static int[] NumbersIn(IReadOnlyList<string> names) =>
        [.. names.Select(NumberOf).Where(static number => number > 0).Order()];
}
