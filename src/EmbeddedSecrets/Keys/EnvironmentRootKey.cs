using System.Text;
using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Errors;

namespace EmbeddedSecrets.Keys;

/// <summary>A root key in an environment variable, read each time it is needed.</summary>
internal sealed class EnvironmentRootKey(string variable) : RawRootKey
{
    protected override PinnedBytes Load(RootKeyContext context, bool mayCreate)
    {
        string? line = Environment.GetEnvironmentVariable(variable);
        if (string.IsNullOrEmpty(line))
        {
            throw KeyFailures.KeyVariableMissing(variable, context.StoreLocation);
        }

        if (line.Length <= KeyLine.MaxLength && Ascii.IsValid(line))
        {
            using SecretMemory bytes = SecretMemory.Rent(line.Length);
            Encoding.ASCII.GetBytes(line, bytes.Span);
            if (KeyLine.TryParse(bytes.Span) is { } key)
            {
                return key;
            }
        }

        throw KeyFailures.MalformedKey($"The environment variable '{variable}'", KeyLine.Form);
    }
}
