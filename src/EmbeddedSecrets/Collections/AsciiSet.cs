namespace EmbeddedSecrets.Collections;

/// <summary>A set of ASCII characters. Our texts are short: a loop over them costs less than the first use of a vectorized search.</summary>
internal sealed class AsciiSet
{
    /// <summary>One for each character. Bits of two words would cost a branch for each, which a text of letters and digits takes at random.</summary>
    private readonly bool[] _isMember = new bool[128];

    public AsciiSet(string members)
    {
        foreach (char member in members)
        {
            _isMember[member] = true;
        }
    }

    public bool Contains(char character) => character < _isMember.Length && _isMember[character];

    public bool ContainsAll(ReadOnlySpan<byte> text)
    {
        bool[] isMember = _isMember;
        foreach (byte character in text)
        {
            if (character >= isMember.Length || !isMember[character])
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The index of the first character that is not in the set, or -1.</summary>
    public int IndexOfOther(ReadOnlySpan<char> text)
    {
        bool[] isMember = _isMember;
        for (int i = 0; i < text.Length; i++)
        {
            char character = text[i];
            if (character >= isMember.Length || !isMember[character])
            {
                return i;
            }
        }

        return -1;
    }
}
