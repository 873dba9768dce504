namespace EmbeddedSecrets;

/// <summary>How far an encryption of values anew is.</summary>
/// <param name="ExaminedSecrets">The secrets looked at so far.</param>
/// <param name="ReencryptedVersions">The versions encrypted anew so far; they stay so, whatever happens to the rest.</param>
public readonly record struct ReencryptProgress(long ExaminedSecrets, long ReencryptedVersions);
