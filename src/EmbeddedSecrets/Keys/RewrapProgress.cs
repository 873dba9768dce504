namespace EmbeddedSecrets;

/// <summary>How far a rewrapping is.</summary>
/// <param name="ExaminedSecrets">The secrets looked at so far; where a second pass is needed they count again.</param>
/// <param name="RewrappedVersions">The versions wrapped again so far; they stay so, whatever happens to the rest.</param>
public readonly record struct RewrapProgress(long ExaminedSecrets, long RewrappedVersions);
