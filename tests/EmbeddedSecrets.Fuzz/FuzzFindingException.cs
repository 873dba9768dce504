namespace EmbeddedSecrets.Fuzz;

/// <summary>A rule of the library that an input broke.</summary>
internal sealed class FuzzFindingException(string message) : Exception(message);
