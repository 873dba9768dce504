namespace EmbeddedSecrets.Tests.Faults.Simulation;

/// <summary>A call that reaches the simulated disk: how manyth it is, what it does, to which name, and with how many bytes.</summary>
internal readonly record struct DiskCall(int Number, DiskCallKind Kind, string Name, int Size);

internal enum DiskCallKind
{
    List,
    Open,
    Create,
    Rename,
    Delete,
    FlushNames,
    Length,
    Read,
    Write,
    FlushData,
}
