using System.Buffers.Text;
using System.Text;
using EmbeddedSecrets.Secrets;

namespace EmbeddedSecrets.Pipeline;

/// <summary>The text form of the name after which a listing goes on: opaque to callers, and never wrong, whatever changes meanwhile.</summary>
internal static class ListCursor
{
    private const string Version = "1.";

    public static string Encode(string after)
    {
        return Version + Base64Url.EncodeToString(Encoding.ASCII.GetBytes(after));
    }

    public static string Decode(string cursor, string parameter)
    {
        try
        {
            if (cursor.StartsWith(Version, StringComparison.Ordinal))
            {
                string after = Encoding.Latin1.GetString(Base64Url.DecodeFromChars(cursor.AsSpan(Version.Length)));
                SecretRules.CheckName(after, parameter);
                return after;
            }
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException)
        {
            // Told below, in the words of the caller.
        }

        throw new ArgumentException("The cursor is not one that a page returned. Pass on NextCursor unchanged, or null for the first page.", parameter);
    }
}
