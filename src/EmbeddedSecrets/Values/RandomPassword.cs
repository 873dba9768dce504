using System.Security.Cryptography;

namespace EmbeddedSecrets.Values;

/// <summary>Passwords without modulo bias (SPEC section 2.4, GetRandomPassword).</summary>
internal static class RandomPassword
{
    public const int MinLength = 8;
    public const int MaxLength = 128;

    /// <summary>Generates a password; the caller owns the value. Options that leave nothing to choose from are an <see cref="ArgumentException"/>.</summary>
    public static SecretValue Generate(RandomPasswordOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        int length = options.Length;
        CheckLength(length, nameof(options));
        Span<byte> password = stackalloc byte[MaxLength];
        try
        {
            password = password[..length];
            Fill(password, options);
            return SecretValue.FromUtf8(password);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(password);
        }
    }

    /// <summary>Fills the span, 8 to 128 bytes, with ASCII characters; <see cref="RandomPasswordOptions.Length"/> is not looked at.</summary>
    internal static void Fill(Span<byte> password, RandomPasswordOptions options)
    {
        CheckLength(password.Length, nameof(password));
        List<byte[]> types = CharacterTypes(options);
        byte[] alphabet = [.. types.SelectMany(type => type)];
        if (alphabet.Length == 0)
        {
            throw new ArgumentException("The options leave no character to make a password of.", nameof(options));
        }

        // Required characters are drawn first and then shuffled to any place.
        int required = 0;
        if (options.RequireEachIncludedType)
        {
            foreach (byte[] type in types)
            {
                if (type.Length == 0)
                {
                    throw new ArgumentException("ExcludeCharacters leaves out every character of a type that must occur. Leave the type out as well, or require none.", nameof(options));
                }

                password[required++] = type[RandomNumberGenerator.GetInt32(type.Length)];
            }
        }

        RandomNumberGenerator.GetItems(alphabet, password[required..]);
        RandomNumberGenerator.Shuffle(password);
    }

    private static void CheckLength(int length, string parameter)
    {
        if (length is < MinLength or > MaxLength)
        {
            throw new ArgumentOutOfRangeException(parameter, length, $"A password has {MinLength} to {MaxLength} characters.");
        }
    }

    private static List<byte[]> CharacterTypes(RandomPasswordOptions options)
    {
        var types = new List<byte[]>();
        Add(types, options.ExcludeLowercase, options.ExcludeCharacters, char.IsAsciiLetterLower);
        Add(types, options.ExcludeUppercase, options.ExcludeCharacters, char.IsAsciiLetterUpper);
        Add(types, options.ExcludeNumbers, options.ExcludeCharacters, char.IsAsciiDigit);
        Add(types, options.ExcludePunctuation, options.ExcludeCharacters, character => !char.IsAsciiLetterOrDigit(character));
        return types;
    }

    private static void Add(List<byte[]> types, bool excluded, string? excludedCharacters, Func<char, bool> belongs)
    {
        if (excluded)
        {
            return;
        }

        // '!' to '~' are the printable characters of ASCII but the space: letters, digits and 32 punctuation characters.
        types.Add([.. Enumerable.Range('!', '~' - '!' + 1)
            .Where(code => belongs((char)code) && excludedCharacters?.Contains((char)code, StringComparison.Ordinal) != true)
            .Select(code => (byte)code)]);
    }
}
