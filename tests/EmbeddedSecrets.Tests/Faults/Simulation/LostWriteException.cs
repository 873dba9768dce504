namespace EmbeddedSecrets.Tests.Faults.Simulation;

/// <summary>The oracle caught the store: something acknowledged is gone, or something is there that must not be.</summary>
internal sealed class LostWriteException(string message) : Exception(message);
