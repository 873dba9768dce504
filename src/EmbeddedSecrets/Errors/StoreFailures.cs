using System.Globalization;

namespace EmbeddedSecrets.Errors;

/// <summary>The failures of the repositories and of the files under them, so that their wording can be read as a whole.</summary>
internal static class StoreFailures
{
    public static SecretStoreIntegrityException Corrupt(string path, long offset) => new(
        SecretStoreErrorCodes.Corrupt,
        500,
        string.Create(CultureInfo.InvariantCulture, $"'{path}' is damaged at offset {offset}: bytes there were acknowledged once and cannot be read any more. Nothing was changed. Restore the store from a backup."));

    public static SecretStoreIntegrityException Tampered(string path, long offset) => new(
        SecretStoreErrorCodes.Tampered,
        500,
        string.Create(CultureInfo.InvariantCulture, $"'{path}' is not authentic at offset {offset}: what stands there was not written by this store in this place. Nothing was changed. Find out who changed the file, and restore the store from a backup."));

    public static SecretStoreIntegrityException HeaderNotAuthentic(string location) => new(
        SecretStoreErrorCodes.Tampered,
        500,
        $"The header with which '{location}' was opened is not part of its authentic history. Nothing was changed. Restore the store from a backup.");

    public static SecretStoreIntegrityException UnsupportedFormat(string path, uint version) => new(
        SecretStoreErrorCodes.UnsupportedFormat,
        500,
        string.Create(CultureInfo.InvariantCulture, $"'{path}' has format version {version}, which this version of the library does not know. Open it with a newer one."));

    public static SecretStoreIntegrityException RolledBack(string location, long expected, long found) => new(
        SecretStoreErrorCodes.RolledBack,
        500,
        string.Create(CultureInfo.InvariantCulture, $"The store in '{location}' stands at change {found}, and its rollback anchor knows change {expected} of it, or another store or history: an older copy was put back, or the end of the log was cut off. Nothing was changed. Put the newest copy back, or open it once with {nameof(SecretStoreOptions)}.{nameof(SecretStoreOptions.AcceptRollback)} if the older state is what you want."));

    public static SecretStoreIntegrityException RollbackWhileOpen(string location) => new(
        SecretStoreErrorCodes.RolledBack,
        500,
        $"The store in '{location}' is older than its rollback anchor and is open elsewhere. Nothing was changed. Close it everywhere; then open it once with {nameof(SecretStoreOptions)}.{nameof(SecretStoreOptions.AcceptRollback)} if the older state is what you want.");

    public static SecretStoreIntegrityException ReplacedWhileOpen(string location) => new(
        SecretStoreErrorCodes.RolledBack,
        500,
        $"The store in '{location}' was replaced by a restored or an older one while it was open here. Nothing of it was used. Close the store and open it again.");

    public static SecretStoreIntegrityException Again(SecretStoreIntegrityException failure) =>
        new(failure.Code, failure.HttpStatus, failure.Message);

    public static SecretStoreIntegrityException DroppedRefused(string path, long offset, long bytes) => new(
        SecretStoreErrorCodes.Corrupt,
        500,
        string.Create(CultureInfo.InvariantCulture, $"'{path}' has {bytes} bytes at offset {offset} that are no whole commit: an unfinished one, or one that was damaged. Recovery is strict, so nothing was changed. Open it once with {nameof(RecoveryMode)}.{nameof(RecoveryMode.DropUnfinished)} to drop them."));

    public static SecretStoreUnavailableException AnchorFailed(Exception cause) => new(
        SecretStoreErrorCodes.ServiceUnavailable,
        503,
        $"The rollback anchor cannot be used: {cause.Message} What was committed stays readable; nothing is committed before the anchor can be advanced again. Try again when the cause is gone.",
        cause);

    public static SecretStoreIntegrityException AnchorGoesBack(string path) => new(
        SecretStoreErrorCodes.RolledBack,
        500,
        $"The rollback anchor in '{path}' holds a later state than the one to be kept. Another copy of the store uses it: give each store an anchor of its own.");

    public static SecretStoreAccessException Insecure(string path, string problem, string remedy) => new(
        SecretStoreErrorCodes.InsecurePermissions,
        500,
        $"'{path}' {problem}. It was not used. {remedy}");

    public static SecretStoreUnavailableException Locked(string location, long processId, TimeSpan patience) => new(
        SecretStoreErrorCodes.Locked,
        503,
        string.Create(CultureInfo.InvariantCulture, $"Nothing was changed: for {patience.TotalSeconds:0.###} s another instance{(processId == 0 ? string.Empty : $", in process {processId},")} has held the right to write to the store in '{location}'. See whether that process still runs, and try again; {nameof(SecretStoreOptions)}.{nameof(SecretStoreOptions.LockTimeout)} says how long to wait."));

    public static SecretStoreUnavailableException PageOfNewerVersion(string location, long version) => new(
        SecretStoreErrorCodes.UnsupportedFormat,
        503,
        string.Create(CultureInfo.InvariantCulture, $"The store in '{location}' is open in a process with a newer version of this library, whose shared page has version {version}. Use that version here too, or close the store there."));

    public static IOException DirectoryMoved(string path) => new(
        $"'{path}' is not the directory any more in which the store was opened: it was moved, replaced or deleted. Put it back, or close the store and open it where it is.");

    public static SecretStoreUnavailableException OpenElsewhere(string location) => new(
        SecretStoreErrorCodes.Locked,
        503,
        $"Nothing was restored: the store in '{location}' is open in this process or in another. Close it everywhere first.");

    public static SecretConflictException StoreExists(string location) => new(
        SecretStoreErrorCodes.ResourceExist,
        409,
        $"Nothing was restored: there is a store in '{location}' already. Name another directory, or set {nameof(RestoreBackupOptions)}.{nameof(RestoreBackupOptions.Overwrite)} to replace it.");

    public static SecretStoreUnavailableException ReadOnly(string location) => new(
        SecretStoreErrorCodes.WritesStopped,
        503,
        $"The store in '{location}' was opened for reading only. Open it without {nameof(SecretStoreOptions)}.{nameof(SecretStoreOptions.ReadOnly)} to write.");

    public static SecretNotFoundException NothingToRead(string location) => new(
        SecretStoreErrorCodes.ResourceNotFound,
        404,
        $"There is no store in '{location}', and one that is opened for reading only is not created. Open it once without {nameof(SecretStoreOptions)}.{nameof(SecretStoreOptions.ReadOnly)}.");

    public static SecretStoreUnavailableException WritesStopped(string path, Exception? cause) => new(
        SecretStoreErrorCodes.WritesStopped,
        503,
        $"Writing to '{path}' has stopped, because: {cause?.Message ?? "another process could not bring its bytes to the disk."} Nothing was changed by this call, and what was acknowledged stays readable. Repair the cause, then call {nameof(SecretStore.Maintenance)}.{nameof(SecretStoreMaintenance.CompactAsync)}, or close the store and open it again.",
        cause);

    public static SecretStoreUnavailableException OutcomeUnknown(string path, Exception cause) => new(
        SecretStoreErrorCodes.OutcomeUnknown,
        503,
        $"The change was written to '{path}', but whether it is on the disk is unknown, because: {cause.Message} Repair the cause, then call {nameof(SecretStore.Maintenance)}.{nameof(SecretStoreMaintenance.CompactAsync)}, or close the store and open it again, and look whether the change is there.",
        cause);

    public static SecretStoreUnavailableException CancelledInFlight() => new(
        SecretStoreErrorCodes.OutcomeUnknown,
        503,
        "The call was cancelled while its change was being written: whether the change is made is unknown. Look whether it is there before you try again; a version id or an expected revision makes trying again safe.");

    public static SecretStoreUnavailableException ReadFailed(string path, Exception cause) => new(
        SecretStoreErrorCodes.ServiceUnavailable,
        503,
        $"'{path}' could not be read: {cause.Message} Try again when the cause is gone.",
        cause);

    public static SecretStoreUnavailableException WriteFailed(string path, Exception cause) => new(
        SecretStoreErrorCodes.ServiceUnavailable,
        503,
        $"'{path}' could not be written: {cause.Message} Nothing was changed. Try again when the cause is gone.",
        cause);

    public static SecretStoreUnavailableException CompactionFailed(string path, Exception cause) => new(
        SecretStoreErrorCodes.ServiceUnavailable,
        503,
        $"The log in '{path}' could not be compacted: {cause.Message} Everything committed is as it was. Try again when the cause is gone.",
        cause);

    public static SecretStoreUnavailableException BackupFailed(string path, Exception cause) => new(
        SecretStoreErrorCodes.ServiceUnavailable,
        503,
        $"No backup was made: the copy that is sent is made in '{path}' first, which needs as much room as what is stored: {cause.Message} The store is as it was. Try again when the cause is gone.",
        cause);

    public static SecretStoreUnavailableException MustBeOpenedAgain(string path, Exception cause) => new(
        SecretStoreErrorCodes.WritesStopped,
        503,
        $"Writing to '{path}' has stopped, because: {cause.Message} The last change is on the disk, and this process has taken only a part of it over. Close the store and open it again.",
        cause);

    public static SecretStoreUnavailableException WritesStoppedByCompaction(string path, Exception cause) => new(
        SecretStoreErrorCodes.WritesStopped,
        503,
        $"Whether the compacted log in '{path}' has taken its place on the disk is unknown, because: {cause.Message} Everything committed is as it was, and writing has stopped. Repair the cause, then call {nameof(SecretStore.Maintenance)}.{nameof(SecretStoreMaintenance.CompactAsync)} again, or close the store and open it again.",
        cause);

    public static SecretStoreUnavailableException LockFileMissing(string path) => new(
        SecretStoreErrorCodes.ServiceUnavailable,
        503,
        $"'{path}' is missing, so that nothing keeps others from writing while the store is read. Open the store once for writing, or make an empty file of that name with mode 0600.");

    /// <summary>The same failure for another caller, so that each has its own request id.</summary>
    public static SecretStoreUnavailableException Again(SecretStoreUnavailableException failure) =>
        new(failure.Code, failure.HttpStatus, failure.Message, failure.InnerException);

    /// <summary>What a failure to open, create or lock a file means.</summary>
    public static SecretStoreException OpeningFailed(string path, Exception cause, bool readOnly)
    {
        int error = cause is SystemCallException call ? call.ErrorNumber : 0;
        if (error != 0 && (error == ErrorNumber.TooManyLinks || error == ErrorNumber.NoDeviceOrAddress))
        {
            return Insecure(path, "is a symbolic link or no regular file", "Put the file itself in its place.");
        }

        if (error == ErrorNumber.ReadOnlyFileSystem && !readOnly)
        {
            return new SecretStoreUnavailableException(
                SecretStoreErrorCodes.WritesStopped,
                503,
                $"'{path}' is on a file system that is mounted read-only. Mount it for writing, or open the store with {nameof(SecretStoreOptions)}.{nameof(SecretStoreOptions.ReadOnly)}.",
                cause);
        }

        bool refused = cause is UnauthorizedAccessException
            || error is ErrorNumber.AccessDenied or ErrorNumber.NotPermitted;
        return refused && !readOnly
            ? new SecretStoreUnavailableException(
                SecretStoreErrorCodes.WritesStopped,
                503,
                $"'{path}' cannot be opened for writing: {cause.Message} Give this user the right to write there, or open the store with {nameof(SecretStoreOptions)}.{nameof(SecretStoreOptions.ReadOnly)}.",
                cause)
            : new SecretStoreUnavailableException(
                SecretStoreErrorCodes.ServiceUnavailable,
                503,
                $"'{path}' cannot be opened: {cause.Message} Try again when the cause is gone.",
                cause);
    }
}
