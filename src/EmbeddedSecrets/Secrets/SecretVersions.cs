namespace EmbeddedSecrets.Secrets;

/// <summary>Versions and stages of a secret (SPEC section 2.4).</summary>
internal static class SecretVersions
{
    /// <summary>The stored version with this id whose value can be compared with a new one, or null.</summary>
    public static SecretVersion? FindReplayed(Secret? stored, string? versionId, DateTimeOffset now) => throw new NotImplementedException();

    /// <summary>
    /// Appends a version (SPEC PutSecretValue). A replay answers unchanged with the stored version, before the expected revision is looked
    /// at. <see cref="SecretTransition.Version"/> has no content yet: sealing follows.
    /// </summary>
    public static SecretTransition Put(string name, Secret? stored, SecretValueKind kind, PutSecretValueOptions options, bool? sameValue, TransitionContext context) => throw new NotImplementedException();

    /// <summary>The version that a read asks for, checked to be readable now: ResourceNotFound, InvalidParameter (D-13), ResourceInDeleteWindow, Rejected.Unavailable with a reason.</summary>
    public static SecretVersion Select(string name, Secret? stored, SecretVersionSelector which, DateTimeOffset now) => throw new NotImplementedException();

    public static SecretTransition MoveStage(string name, Secret? stored, string stage, VersionStageMove move, SecretRevision? expected, TransitionContext context) => throw new NotImplementedException();

    public static SecretTransition Update(string name, Secret? stored, string versionId, UpdateSecretVersionOptions options, TransitionContext context) => throw new NotImplementedException();

    public static SecretTransition Destroy(string name, Secret? stored, string versionId, SecretRevision? expected, TransitionContext context) => throw new NotImplementedException();
}
