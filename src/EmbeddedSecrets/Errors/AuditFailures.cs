using System.Globalization;

namespace EmbeddedSecrets.Errors;

/// <summary>The failures of the audit trail, so that their wording can be read as a whole.</summary>
internal static class AuditFailures
{
    public static SecretStoreUnavailableException NothingDone(Exception cause) => new(
        SecretStoreErrorCodes.ServiceUnavailable,
        503,
        $"Nothing was done, since the operation could not be written to the audit trail: {cause.Message} Try again when the cause is gone; {nameof(SecretStoreOptions)}.{nameof(SecretStoreOptions.AuditFailure)} says what happens without a trail.",
        cause);

    public static SecretStoreUnavailableException WriteFailed(string path, Exception cause) => new(
        SecretStoreErrorCodes.ServiceUnavailable,
        503,
        $"The audit trail in '{path}' could not be written: {cause.Message} The record does not count as written. Try again when the cause is gone.",
        cause);

    public static SecretStoreUnavailableException Locked(string path, TimeSpan patience) => new(
        SecretStoreErrorCodes.Locked,
        503,
        string.Create(CultureInfo.InvariantCulture, $"The lock of the audit trail in '{path}' was not to be had within {patience.TotalSeconds:0.###} s: others write all the time, or one of them hangs. The record was not written. Try again, or set {nameof(FileAuditSinkOptions)}.{nameof(FileAuditSinkOptions.LockTimeout)}."));

    public static SecretStoreUnavailableException Unreadable(string path, Exception cause) => new(
        SecretStoreErrorCodes.ServiceUnavailable,
        503,
        $"The audit trail in '{path}' could not be read: {cause.Message} Try again when the cause is gone.",
        cause);

    public static SecretNotFoundException NoTrail(string path) => new(
        SecretStoreErrorCodes.ResourceNotFound,
        404,
        $"There is no audit trail in '{path}'.");

    public static SecretStoreAccessException KeyMissing(string keyFile, string path) => new(
        SecretStoreErrorCodes.KeyMissing,
        500,
        $"The key file '{keyFile}' does not exist, and the audit trail in '{path}' can be neither verified nor continued without it. Put the key file back from its backup; a new key is made only together with a new trail.");

    public static SecretStoreAccessException WrongKey(string keyFile, string path) => new(
        SecretStoreErrorCodes.WrongKey,
        500,
        $"The key in '{keyFile}' is not the one of the audit trail in '{path}', or the first line of its files was altered. Nothing was changed. Name the key file that the trail was made with.");

    public static SecretStoreIntegrityException Tampered(string path, long offset) => new(
        SecretStoreErrorCodes.Tampered,
        500,
        string.Create(CultureInfo.InvariantCulture, $"The audit trail is not whole: '{path}', offset {offset}. Nothing was changed. {nameof(AuditTrail)}.{nameof(AuditTrail.VerifyAsync)} lists all faults. Keep the files for whoever looks into it, and name another directory for a new trail."));
}
