namespace EmbeddedSecrets.Policies;

/// <summary>
/// Patterns in which <c>*</c> stands for any run of UTF-16 units, the empty one and ':' and '/' included, and <c>?</c> for exactly one.
/// There is no escape: callers' names hold neither character.
/// </summary>
internal static class WildcardPattern
{
    public static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text, bool ignoreCase = false) => Matches(pattern, text, ignoreCase, out _);

    /// <summary>Goes back to the last <c>*</c> only, so there are at most about pattern × text steps, never exponentially many.</summary>
    public static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text, bool ignoreCase, out long steps)
    {
        steps = 0;
        int inPattern = 0;
        int inText = 0;
        int afterStar = -1;
        int resume = 0;
        while (inText < text.Length)
        {
            steps++;
            if (inPattern < pattern.Length && pattern[inPattern] == '*')
            {
                afterStar = ++inPattern;
                resume = inText;
            }
            else if (inPattern < pattern.Length && (pattern[inPattern] == '?' || IsSame(pattern[inPattern], text[inText], ignoreCase)))
            {
                inPattern++;
                inText++;
            }
            else if (afterStar >= 0)
            {
                inPattern = afterStar;
                inText = ++resume;
            }
            else
            {
                return false;
            }
        }

        return pattern[inPattern..].IndexOfAnyExcept('*') < 0;
    }

    private static bool IsSame(char left, char right, bool ignoreCase) =>
        left == right || (ignoreCase && char.ToUpperInvariant(left) == char.ToUpperInvariant(right));
}
