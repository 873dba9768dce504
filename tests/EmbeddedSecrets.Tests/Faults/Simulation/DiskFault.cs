namespace EmbeddedSecrets.Tests.Faults.Simulation;

/// <summary>What the simulated disk does with a call.</summary>
internal enum DiskFault
{
    None,

    /// <summary>The call fails. A flush that fails leaves any part of the unsynced sectors on the disk, and forgets the rest.</summary>
    Fail,

    /// <summary>A write leaves its first half and fails: the disk is full.</summary>
    Short,

    /// <summary>A flush answers that all is well and does nothing.</summary>
    Lie,

    /// <summary>The call reaches the cache, and the power goes.</summary>
    Crash,
}
