namespace EmbeddedSecrets.Errors;

/// <summary>The failures of the domain, so that their wording can be read as a whole. Each says what was asked, what stands in the way, and what to do next.</summary>
internal static class SecretFailures
{
}
