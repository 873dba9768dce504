namespace EmbeddedSecrets.Collections;

/// <summary>A set of ASCII characters. Our texts are short: a loop over them costs less than the first use of a vectorized search.</summary>
internal sealed class AsciiSet
{
    private readonly ulong _lower;
    private readonly ulong _upper;

    public AsciiSet(string members)
    {
        foreach (char member in members)
        {
            if (member < 64)
            {
                _lower |= 1UL << member;
            }
            else
            {
                _upper |= 1UL << (member - 64);
            }
        }
    }

    public bool Contains(char character) => character < 128 && (((character < 64 ? _lower : _upper) >> (character & 63)) & 1) != 0;

    /// <summary>The index of the first character that is not in the set, or -1.</summary>
    public int IndexOfOther(ReadOnlySpan<char> text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (!Contains(text[i]))
            {
                return i;
            }
        }

        return -1;
    }
}
