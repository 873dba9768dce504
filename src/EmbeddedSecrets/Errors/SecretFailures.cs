using System.Globalization;

namespace EmbeddedSecrets.Errors;

/// <summary>The failures of the domain, so that their wording can be read as a whole. Each says what was asked, what stands in the way, and what to do next.</summary>
/// <remarks>Names, version ids and stages are quoted: their characters are checked. No other text of a caller stands in a message.</remarks>
internal static class SecretFailures
{
    public static SecretNotFoundException SecretNotFound(string name) =>
        new(SecretStoreErrorCodes.ResourceNotFound, 404, $"There is no secret '{name}'. Names are case-sensitive; create it with CreateSecretAsync.");

    /// <summary>The answer of an absent secret, to a caller who must not learn that it exists. Only audit knows better.</summary>
    public static SecretNotFoundException DeniedAsAbsent(string name)
    {
        SecretNotFoundException absent = SecretNotFound(name);
        absent.IsDenial = true;
        return absent;
    }

    public static SecretStoreAccessException Denied(string name) =>
        new(SecretStoreErrorCodes.NoPermission, 403, $"The policy of the secret '{name}' does not allow this to the caller. EvaluateSecretPolicyAsync tells which statement decides.") { IsDenial = true };

    public static SecretStoreAccessException OwnerOnly(string what) =>
        new(SecretStoreErrorCodes.NoPermission, 403, $"{what} belongs to the owner of the store, not to a view of it that acts as a principal. Use the store from which WithPrincipal was called.") { IsDenial = true };

    public static SecretNotFoundException VersionNotFound(string name, string versionId) =>
        new(SecretStoreErrorCodes.ResourceNotFound, 404, $"The secret '{name}' has no version '{versionId}'. ListSecretVersionIdsAsync with includeDeprecated shows those that it has.");

    public static SecretNotFoundException StageNotFound(string name, string stage) =>
        new(SecretStoreErrorCodes.ResourceNotFound, 404, $"No version of the secret '{name}' carries the stage '{stage}'. DescribeSecretAsync shows the stages that it has.");

    public static SecretConflictException SecretExists(string name) =>
        new(SecretStoreErrorCodes.ResourceExist, 409, $"The secret '{name}' exists already. Put a new version with PutSecretValueAsync, or choose another name.");

    public static SecretConflictException InDeleteWindow(string name, DateTimeOffset until) =>
        new(SecretStoreErrorCodes.ResourceInDeleteWindow, 409, $"The secret '{name}' is scheduled for deletion, and its name is blocked until {Time(until)}. Call RestoreSecretAsync first, or create it with IfScheduledForDeletion = Restore.");

    public static SecretConflictException NotInDeleteWindow(string name) =>
        new(SecretStoreErrorCodes.ResourceInUse, 409, $"The secret '{name}' cannot be restored: it is not scheduled for deletion. It can be used as it is.");

    public static SecretConflictException ReadLately(string name, DateOnly day) =>
        new(SecretStoreErrorCodes.ResourceInUse, 409, $"The secret '{name}' was not deleted: it was read on {day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}. Find out who uses it, or delete it without RefuseIfReadWithin.");

    public static SecretConflictException PurgeProtectedWindow(string name, DateTimeOffset until) =>
        new(SecretStoreErrorCodes.ResourceInDeleteWindow, 409, $"The secret '{name}' cannot be deleted at once: the store has purge protection. It is scheduled for deletion and goes at {Time(until)}; until then RestoreSecretAsync brings it back.");

    public static SecretRequestException PurgeProtected(string name) =>
        new(SecretStoreErrorCodes.InvalidParameter, 400, $"The secret '{name}' cannot be deleted at once: the store has purge protection. Delete it with a recovery window, SecretDeletion.After.");

    public static SecretConflictException VersionIdTaken(string name, string versionId) =>
        new(SecretStoreErrorCodes.ResourceExist, 409, $"The version id '{versionId}' of the secret '{name}' is taken by another value. A stored value never changes: choose another id, or give none.");

    public static SecretConflictException VersionIdRetired(string name, string versionId) =>
        new(SecretStoreErrorCodes.ResourceExist, 409, $"The version id '{versionId}' of the secret '{name}' belonged to a version that fell out, and cannot be used again. Choose another id, or give none.");

    public static SecretConflictException VersionIdDestroyed(string name, string versionId) =>
        new(SecretStoreErrorCodes.ResourceExist, 409, $"The version id '{versionId}' of the secret '{name}' belongs to a version that was destroyed, and cannot be used again. Choose another id, or give none.");

    public static SecretConflictException VersionIdNotCurrent(string name, string versionId) =>
        new(SecretStoreErrorCodes.ResourceExist, 409, $"The version id '{versionId}' of the secret '{name}' belongs to an older version, so that restoring would not make the value current. Choose another id, or give none.");

    public static SecretConflictException RevisionConflict(string name) =>
        new(SecretStoreErrorCodes.RevisionConflict, 412, $"The secret '{name}' does not have the expected revision: it was changed meanwhile, or deleted and created again. Read it again and decide anew.");

    public static SecretRequestException TooManyStages(string name, int count, int max) =>
        new(SecretStoreErrorCodes.LimitExceeded, 400, Invariant($"The secret '{name}' would have {count} stages; {max} are allowed, ACSCurrent and ACSPrevious among them. Remove a stage with VersionStageMove.RemoveFrom first."));

    public static SecretRequestException TooManyTags(string name, int count, int max) =>
        new(SecretStoreErrorCodes.LimitExceeded, 400, Invariant($"The secret '{name}' would have {count} tags; {max} are allowed. Remove tags in the same call with UpdateTagsAsync."));

    public static SecretRequestException OtherEncryptionKey(string name, string keyId) =>
        new(SecretStoreErrorCodes.InvalidParameter, 400, $"The secret '{name}' is scheduled for deletion and uses the encryption key '{keyId}'; restoring does not change the key. Give that key, or none.");

    public static SecretRequestException VersionLacksStage(string name, string versionId, string stage) =>
        new(SecretStoreErrorCodes.InvalidParameter, 400, $"The secret '{name}' has no version '{versionId}' that carries the stage '{stage}'. Ask by the id or by the stage alone, or look at DescribeSecretAsync.");

    public static SecretRequestException StageIsElsewhere(string name, string stage, string versionId) =>
        new(SecretStoreErrorCodes.InvalidParameter, 400, $"The stage '{stage}' of the secret '{name}' is not on the version '{versionId}', so it was not moved. DescribeSecretAsync shows where it is.");

    public static SecretRequestException CurrentNeedsEnabledVersion(string name, string versionId, bool isDestroyed) =>
        new(SecretStoreErrorCodes.InvalidParameter, 400, $"The version '{versionId}' of the secret '{name}' cannot carry ACSCurrent: it is {(isDestroyed ? "destroyed. Choose another version." : "disabled. Enable it with UpdateSecretVersionAsync first.")}");

    public static SecretRequestException CurrentCannotBe(string name, string versionId, bool isDestroyed) =>
        new(SecretStoreErrorCodes.InvalidParameter, 400, $"The version '{versionId}' of the secret '{name}' cannot be {(isDestroyed ? "destroyed" : "disabled")}: it carries ACSCurrent. Move ACSCurrent to another version first.");

    public static SecretUnavailableException VersionDestroyed(string name, string versionId) =>
        Unavailable(UnavailabilityReason.VersionDestroyed, $"The version '{versionId}' of the secret '{name}' was destroyed; its value is gone for good. Put a new version.");

    public static SecretUnavailableException VersionDisabled(string name, string versionId) =>
        Unavailable(UnavailabilityReason.VersionDisabled, $"The version '{versionId}' of the secret '{name}' is disabled. Enable it with UpdateSecretVersionAsync, or read another version.");

    public static SecretUnavailableException VersionNotYetValid(string name, string versionId, DateTimeOffset notBefore) =>
        Unavailable(UnavailabilityReason.VersionNotYetValid, $"The version '{versionId}' of the secret '{name}' is not valid before {Time(notBefore)}. Change its validity with UpdateSecretVersionAsync, or read another version.");

    public static SecretUnavailableException VersionExpired(string name, string versionId, DateTimeOffset expiresAt) =>
        Unavailable(UnavailabilityReason.VersionExpired, $"The version '{versionId}' of the secret '{name}' expired at {Time(expiresAt)}. Put a new version, or change the validity with UpdateSecretVersionAsync.");

    /// <summary>The version log, or the core itself, broke a rule: a fault of the program, not of the request.</summary>
    public static InvalidOperationException BrokenInvariant(string name, string violation) =>
        new($"The secret '{name}' was not changed: {violation}");

    private static SecretUnavailableException Unavailable(UnavailabilityReason reason, string message) =>
        new(SecretStoreErrorCodes.Unavailable, 409, reason, message);

    private static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
