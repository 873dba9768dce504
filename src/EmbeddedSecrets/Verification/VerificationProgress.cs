namespace EmbeddedSecrets;

/// <summary>How far a verification is.</summary>
/// <param name="VerifiedBytes">The bytes verified so far.</param>
/// <param name="TotalBytes">About how many there are to verify. The log is gone through twice, and then its records and values once more.</param>
public readonly record struct VerificationProgress(long VerifiedBytes, long TotalBytes);
