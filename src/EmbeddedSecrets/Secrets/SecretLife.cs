namespace EmbeddedSecrets.Secrets;

/// <summary>Creation, description, deletion and restoration of a secret (SPEC sections 2.3 and 2.4).</summary>
internal static class SecretLife
{
    /// <summary>The secret if it exists at this time: one whose recovery window has ended is absent (SPEC 2.3), swept or not.</summary>
    public static Secret? Existing(Secret? stored, DateTimeOffset now) => throw new NotImplementedException();

    /// <summary>The secret, or ResourceNotFound.</summary>
    public static Secret Require(string name, Secret? stored, DateTimeOffset now) => throw new NotImplementedException();

    /// <summary>
    /// Creates a secret with its first version; or, where the request asks for it and the secret is scheduled for deletion, restores it
    /// and puts the value. <paramref name="sameValue"/> says whether the value equals the stored one, where the
    /// request's version id exists already with a value (see <see cref="SecretVersions.FindReplayed"/>); else null.
    /// </summary>
    public static SecretTransition Create(Secret? stored, CreateRequest request, bool? sameValue, TransitionContext context) => throw new NotImplementedException();

    public static SecretTransition Update(string name, Secret? stored, UpdateSecretOptions options, TransitionContext context) => throw new NotImplementedException();

    /// <summary>Schedules the deletion, or removes the secret (<see cref="SecretTransition.Next"/> null) when the window is null.</summary>
    public static SecretTransition Delete(string name, Secret? stored, TimeSpan? recoveryWindow, bool purgeProtection, SecretRevision? expected, TransitionContext context) => throw new NotImplementedException();

    public static SecretTransition Restore(string name, Secret? stored, SecretRevision? expected, TransitionContext context) => throw new NotImplementedException();
}

/// <summary>What a creation needs beyond the stored state. The incarnation is drawn by the caller.</summary>
internal sealed record CreateRequest(string Name, UInt128 Incarnation, SecretValueKind ValueKind, string EncryptionKeyId, CreateSecretOptions Options);
