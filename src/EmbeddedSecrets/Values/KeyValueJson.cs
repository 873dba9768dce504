using System.Globalization;
using System.Text;
using System.Text.Json;
using EmbeddedSecrets.Buffers;

namespace EmbeddedSecrets.Values;

/// <summary>
/// The form of key/value pairs: a JSON object of string to string without duplicate keys (SPEC D-3). Written here rather than
/// by Utf8JsonWriter, which escapes in pooled arrays that it does not clear.
/// </summary>
internal static class KeyValueJson
{
    private const string Rule = "Key/value pairs are a JSON object whose values are strings and whose keys differ";

    public static SecretMemory Write(IEnumerable<KeyValuePair<string, string>> pairs, string parameter)
    {
        using SecretMemory buffer = SecretMemory.Rent(SecretValue.MaxBytes);
        Span<byte> destination = buffer.Span;
        var keys = new HashSet<string>(StringComparer.Ordinal);
        int length = 0;
        int position = 0;
        foreach ((string key, string value) in pairs)
        {
            position++;
            if (key is null || value is null)
            {
                throw new ArgumentException("Neither a key nor a value may be null.", parameter);
            }

            if (!keys.Add(key))
            {
                // A key is a part of the value, so no message holds it.
                throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"The key of pair {position} is given already; keys differ."), parameter);
            }

            Put(length == 0 ? (byte)'{' : (byte)',', destination, ref length, parameter);
            PutString(key, destination, ref length, parameter);
            Put((byte)':', destination, ref length, parameter);
            PutString(value, destination, ref length, parameter);
        }

        if (length == 0)
        {
            Put((byte)'{', destination, ref length, parameter);
        }

        Put((byte)'}', destination, ref length, parameter);
        SecretMemory memory = SecretMemory.Rent(length);
        destination[..length].CopyTo(memory.Span);
        return memory;
    }

    /// <summary>Checks the form; the message holds nothing of the text.</summary>
    public static void Check(ReadOnlySpan<byte> json, string parameter)
    {
        bool isFit;
        try
        {
            isFit = IsFit(json);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The reader's own message can quote the text, so it goes no further.
            isFit = false;
        }

        if (!isFit)
        {
            throw new ArgumentException($"{Rule}; this text is none.", parameter);
        }
    }

    /// <summary>The value of a key, or null when there is none.</summary>
    public static string? Find(ReadOnlySpan<byte> json, string key)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isWanted = reader.ValueTextEquals(key);
            reader.Read();
            if (isWanted)
            {
                return reader.GetString();
            }
        }

        return null;
    }

    private static bool IsFit(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }

        using SecretMemory scratch = SecretMemory.Rent(json.Length);
        var keys = new HashSet<string>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!keys.Add(reader.GetString()!) || !reader.Read() || reader.TokenType != JsonTokenType.String)
            {
                return false;
            }

            // Throws for an escaped half of a surrogate pair.
            reader.CopyString(scratch.Span);
        }

        return reader.TokenType == JsonTokenType.EndObject && !reader.Read();
    }

    private static void PutString(string text, Span<byte> destination, ref int length, string parameter)
    {
        Put((byte)'"', destination, ref length, parameter);
        Span<byte> utf8 = stackalloc byte[4];
        ReadOnlySpan<char> rest = text;
        while (!rest.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(rest, out Rune rune, out int used) != System.Buffers.OperationStatus.Done)
            {
                throw new ArgumentException("A text holds half of a surrogate pair, which has no UTF-8 form.", parameter);
            }

            rest = rest[used..];
            if (rune.Value is '"' or '\\')
            {
                Put((byte)'\\', destination, ref length, parameter);
            }

            if (rune.Value < ' ')
            {
                PutControl(rune.Value, destination, ref length, parameter);
                continue;
            }

            int count = rune.EncodeToUtf8(utf8);
            for (int i = 0; i < count; i++)
            {
                Put(utf8[i], destination, ref length, parameter);
            }
        }

        utf8.Clear();
        Put((byte)'"', destination, ref length, parameter);
    }

    private static void PutControl(int value, Span<byte> destination, ref int length, string parameter)
    {
        ReadOnlySpan<byte> digits = "0123456789abcdef"u8;
        foreach (byte unit in "\\u00"u8)
        {
            Put(unit, destination, ref length, parameter);
        }

        Put(digits[value >> 4], destination, ref length, parameter);
        Put(digits[value & 0xf], destination, ref length, parameter);
    }

    private static void Put(byte unit, Span<byte> destination, ref int length, string parameter)
    {
        if (length == destination.Length)
        {
            throw new ArgumentException($"The pairs need more than the {SecretValue.MaxBytes:N0} bytes that a value may have.", parameter);
        }

        destination[length++] = unit;
    }
}
