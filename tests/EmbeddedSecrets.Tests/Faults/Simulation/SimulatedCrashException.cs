namespace EmbeddedSecrets.Tests.Faults.Simulation;

/// <summary>The power is gone. No <see cref="IOException"/>, so that no library code takes it for a failure to live with.</summary>
internal sealed class SimulatedCrashException() : Exception("The power is gone.");
