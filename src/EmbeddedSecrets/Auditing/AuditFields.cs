using System.Globalization;
using System.Text;
using System.Text.Json;

namespace EmbeddedSecrets.Auditing;

/// <summary>The members of a line as texts. Only authentic lines are read, so the bounds are those of the line.</summary>
internal static class AuditFields
{
    /// <summary>Empty for what is no flat object of texts and numbers.</summary>
    public static Dictionary<string, string> Read(ReadOnlySpan<byte> line)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            var reader = new Utf8JsonReader(line);
            string name = string.Empty;
            while (reader.Read())
            {
                switch (reader.TokenType)
                {
                    case JsonTokenType.PropertyName:
                        name = reader.GetString()!;
                        break;
                    case JsonTokenType.String:
                        fields[name] = reader.GetString()!;
                        break;
                    case JsonTokenType.Number:
                        fields[name] = Encoding.ASCII.GetString(reader.ValueSpan);
                        break;
                    case JsonTokenType.StartObject or JsonTokenType.EndObject when reader.CurrentDepth == 0:
                        break;
                    default:
                        return [];
                }
            }

            return fields;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return [];
        }
    }

    public static bool TryNumber(Dictionary<string, string> fields, string name, out long number)
    {
        number = 0;
        return fields.TryGetValue(name, out string? text) && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}
