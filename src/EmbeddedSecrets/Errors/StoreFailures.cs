namespace EmbeddedSecrets.Errors;

/// <summary>The failures of the repositories and of the files under them, so that their wording can be read as a whole.</summary>
internal static class StoreFailures
{
}
