using System.Buffers;
using System.Text;

namespace EmbeddedSecrets.Samples.QuickStart;

/// <summary>
/// Reads a .env file: NAME=value, also with "export " before it; comments and empty lines; values bare, in single quotes as
/// they stand, or in double quotes with \n \r \t \" \\ and \$. Nothing is expanded. A message never holds what a line says.
/// </summary>
internal static class EnvFile
{
    private const int MaxNameLength = 192;

    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-");

    public static IReadOnlyDictionary<string, string> Read(string path)
    {
        if (!File.Exists(path))
        {
            throw new EnvFileException($"There is no file '{path}'. Give the path of a .env file as the first argument.");
        }

        OrderedDictionary<string, string> entries = new(StringComparer.Ordinal);
        int number = 0;
        foreach (string line in File.ReadLines(path))
        {
            number++;
            string text = line.Trim();
            if (text.Length == 0 || text[0] == '#')
            {
                continue;
            }

            (string name, string value, string? problem) = ReadEntry(text);
            problem ??= entries.ContainsKey(name) ? "the name was used before" : null;
            if (problem is not null)
            {
                throw new EnvFileException($"{Path.GetFileName(path)}, line {number}: {problem}. Nothing was stored.");
            }

            entries.Add(name, value);
        }

        return entries.Count > 0
            ? entries
            : throw new EnvFileException($"{Path.GetFileName(path)} has no entries. Write lines of the form NAME=value.");
    }

    private static (string Name, string Value, string? Problem) ReadEntry(string text)
    {
        if (text.StartsWith("export ", StringComparison.Ordinal))
        {
            text = text["export ".Length..].TrimStart();
        }

        int equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals < 0)
        {
            return (string.Empty, string.Empty, "there is no '='");
        }

        string name = text[..equals].TrimEnd();
        if (name.Length is 0 or > MaxNameLength || char.IsAsciiDigit(name[0]) || name.AsSpan().ContainsAnyExcept(NameCharacters))
        {
            return (name, string.Empty, $"the name is not usable: 1 to {MaxNameLength} characters of A-Z a-z 0-9 _ . - and no digit in front");
        }

        (string value, string? problem) = ReadValue(text[(equals + 1)..].TrimStart());
        problem ??= value.Length == 0 ? "the value is empty, and a secret has at least one byte" : null;
        problem ??= Encoding.UTF8.GetByteCount(value) > SecretValue.MaxBytes ? $"the value has more than {SecretValue.MaxBytes} bytes" : null;
        return (name, value, problem);
    }

    private static (string Value, string? Problem) ReadValue(string text)
    {
        return text switch
        {
            ['\'', ..] or ['"', ..] => ReadQuoted(text),
            ['#', ..] => (string.Empty, null),
            _ => (BeforeComment(text), null),
        };
    }

    private static (string Value, string? Problem) ReadQuoted(string text)
    {
        char quote = text[0];
        StringBuilder value = new();
        for (int i = 1; i < text.Length; i++)
        {
            if (text[i] == quote)
            {
                string rest = text[(i + 1)..].TrimStart();
                return (value.ToString(), rest is [] or ['#', ..] ? null : "there is more behind the closing quote");
            }

            if (quote == '"' && text[i] == '\\')
            {
                i++;
                char? escaped = i < text.Length ? Unescape(text[i]) : null;
                if (escaped is null)
                {
                    return (string.Empty, "an escape is not one of \\n \\r \\t \\\" \\\\ \\$");
                }

                value.Append(escaped);
            }
            else
            {
                value.Append(text[i]);
            }
        }

        return (string.Empty, "the quote is not closed on its line");
    }

    private static char? Unescape(char character)
    {
        return character switch
        {
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            '"' or '\\' or '$' => character,
            _ => null,
        };
    }

    /// <summary>A '#' begins a comment only behind a blank, so that a bare value may hold one.</summary>
    private static string BeforeComment(string text)
    {
        for (int i = 1; i < text.Length; i++)
        {
            if (text[i] == '#' && char.IsWhiteSpace(text[i - 1]))
            {
                return text[..i].TrimEnd();
            }
        }

        return text;
    }
}
