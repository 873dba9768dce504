using System.Globalization;
using System.Text;
using EmbeddedSecrets.Collections;

namespace EmbeddedSecrets.Secrets;

/// <summary>The checks of lengths and characters that <see cref="SecretRules"/> is made of.</summary>
internal static class TextRules
{
    private const string TagPunctuation = " /\\_-.+=:@";

    public static void CheckNotNull(string? text, string what, string parameter)
    {
        if (text is null)
        {
            throw new ArgumentException($"{what} is null.", parameter);
        }
    }

    public static void CheckCount(int count, int minimum, int maximum, string what, string parameter)
    {
        if (count < minimum || count > maximum)
        {
            throw new ArgumentException($"There are {minimum} to {maximum} {what}; {count} were given.", parameter);
        }
    }

    public static void CheckLength(string text, int minimum, int maximum, string what, string parameter)
    {
        if (text.Length < minimum || text.Length > maximum)
        {
            throw new ArgumentException($"{what} has {minimum} to {maximum} characters; {text.Length} were given.", parameter);
        }
    }

    public static void CheckCharacters(string text, AsciiSet allowed, string description, string what, string parameter)
    {
        int index = allowed.IndexOfOther(text);
        if (index >= 0)
        {
            throw new ArgumentException($"{what} consists of the characters {description}; character {index + 1} is another one.", parameter);
        }
    }

    /// <summary>Lone surrogates cannot be stored as UTF-8.</summary>
    public static void CheckWellFormed(string text, string what, string parameter)
    {
        int index = IndexOfLoneSurrogate(text);
        if (index >= 0)
        {
            throw new ArgumentException($"{what} is not well-formed Unicode: character {index + 1} is half of a surrogate pair.", parameter);
        }
    }

    public static void CheckNoControls(string text, string what, string parameter)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (char.IsControl(text[i]))
            {
                throw new ArgumentException($"{what} must not hold control characters; character {i + 1} is one.", parameter);
            }
        }
    }

    /// <summary>Format characters (those that turn the direction of a text, for one) and line separators make two texts look alike.</summary>
    public static void CheckNoFormats(string text, string what, string parameter)
    {
        int position = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
            {
                throw new ArgumentException($"{what} must not hold invisible format characters; character {position + 1} is one.", parameter);
            }

            position += rune.Utf16SequenceLength;
        }
    }

    /// <summary>Unicode letters and digits, space and <c>/ \ _ - . + = : @</c> (SPEC section 2.2, D-6).</summary>
    public static void CheckTagCharacters(string text, string what, string parameter)
    {
        for (int i = 0; i < text.Length;)
        {
            // A lone surrogate is no rune, so it is refused here too.
            if (!Rune.TryGetRuneAt(text, i, out Rune rune) || !(Rune.IsLetterOrDigit(rune) || (rune.IsAscii && TagPunctuation.Contains((char)rune.Value, StringComparison.Ordinal))))
            {
                throw new ArgumentException($"{what} consists of letters, digits, spaces and / \\ _ - . + = : @; character {i + 1} is another one.", parameter);
            }

            i += rune.Utf16SequenceLength;
        }
    }

    private static int IndexOfLoneSurrogate(string text)
    {
        int index = text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF');
        while (index >= 0 && index < text.Length)
        {
            if (!Rune.TryGetRuneAt(text, index, out Rune rune))
            {
                return index;
            }

            index += rune.Utf16SequenceLength;
        }

        return -1;
    }
}
