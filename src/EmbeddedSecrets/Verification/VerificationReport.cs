namespace EmbeddedSecrets;

/// <summary>What a verification found.</summary>
public sealed class VerificationReport
{
    /// <summary>The most faults, and the most notes, that are kept: 1,000. The rest is counted.</summary>
    public const int MaxKept = 1000;

    internal VerificationReport()
    {
    }

    /// <summary>Gets a value indicating whether everything was verified and nothing is wrong.</summary>
    public bool IsSound => FaultCount == 0;

    /// <summary>Gets the faults in the order in which they were found; at most 1,000.</summary>
    public required IReadOnlyList<VerificationFault> Faults { get; init; }

    /// <summary>Gets how many faults there are, those that were not kept among them.</summary>
    public required long FaultCount { get; init; }

    /// <summary>Gets what is worth knowing and no fault: an unfinished write at the end, values that no record names, files that do not belong there; at most 1,000.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>Gets how many frames, the parts of a log, were found.</summary>
    public required long FrameCount { get; init; }

    /// <summary>Gets how many records were opened, those of secrets scheduled for deletion among them.</summary>
    public required long RecordCount { get; init; }

    /// <summary>Gets how many versions had their data key unwrapped and their value opened.</summary>
    public required long VersionCount { get; init; }

    /// <summary>Gets the length of the part of the log that was verified, in bytes.</summary>
    public required long ByteCount { get; init; }
}
