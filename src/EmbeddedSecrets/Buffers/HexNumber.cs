namespace EmbeddedSecrets.Buffers;

/// <summary>
/// Numbers as 16 lowercase hexadecimal digits. The framework's own formatting asks for a culture, and the first culture of a
/// process loads the tables of all languages, which takes milliseconds of a first opening (decision 0022).
/// </summary>
internal static class HexNumber
{
    public const int Digits = 16;

    private const int BitsPerDigit = 4;

    public static string Format(ulong number)
    {
        Span<char> text = stackalloc char[Digits];
        Write(number, text);
        return new string(text);
    }

    /// <summary>Writes the digits to the first 16 characters of <paramref name="text"/>.</summary>
    public static void Write(ulong number, Span<char> text)
    {
        for (int i = Digits - 1; i >= 0; i--)
        {
            text[i] = "0123456789abcdef"[(int)(number & 0xf)];
            number >>= BitsPerDigit;
        }
    }

    /// <summary>Reads exactly 16 digits, in upper or lower case.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out ulong number)
    {
        number = 0;
        if (text.Length != Digits)
        {
            return false;
        }

        foreach (char digit in text)
        {
            if (!char.IsAsciiHexDigit(digit))
            {
                return false;
            }

            number = (number << BitsPerDigit) | ValueOf(digit);
        }

        return true;
    }

    private static uint ValueOf(char digit) => char.IsAsciiDigit(digit) ? digit - (uint)'0' : (digit | 0x20u) - 'a' + 10;
}
