using System.Globalization;

namespace EmbeddedSecrets.Errors;

/// <summary>The failures of keys and of what is sealed, so that their wording can be read as a whole.</summary>
internal static class KeyFailures
{
    private const int Conflict = 409;
    private const int NotFound = 404;
    private const int ServerError = 500;

    public static SecretUnavailableException KeyUnusable(string keyId, UnavailabilityReason reason, Exception? innerException)
    {
        (string code, int status, string state) = reason switch
        {
            UnavailabilityReason.KeyUnavailable => (SecretStoreErrorCodes.Unavailable, Conflict, "cannot be used now: the key service failed or its answer cannot be used. Try again, then look at the key service"),
            UnavailabilityReason.KeyDisabled => (SecretStoreErrorCodes.KeyDisabled, Conflict, "is disabled. Enable it to use the secrets under it"),
            UnavailabilityReason.KeyPendingDeletion => (SecretStoreErrorCodes.KeyPendingDeletion, Conflict, "is scheduled for deletion. Cancel its deletion to use the secrets under it"),
            UnavailabilityReason.KeyNotFound => (SecretStoreErrorCodes.KeyNotFound, NotFound, "does not exist"),
            _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "The reason is not about a key."),
        };
        return new SecretUnavailableException(code, status, reason, $"The encryption key '{keyId}' {state}.", innerException);
    }

    /// <summary>Whether a key provider may give this reason; the others are about a version of a secret.</summary>
    public static bool IsAboutKey(UnavailabilityReason reason) => reason
        is UnavailabilityReason.KeyUnavailable or UnavailabilityReason.KeyDisabled or UnavailabilityReason.KeyPendingDeletion or UnavailabilityReason.KeyNotFound;

    public static SecretConflictException KeyExists(string keyId) => new(
        SecretStoreErrorCodes.ResourceExist,
        Conflict,
        $"The encryption key '{keyId}' exists already. Rotate it for new key material, or choose another id.");

    public static SecretConflictException KeyNotScheduled(string keyId) => new(
        SecretStoreErrorCodes.ResourceInUse,
        Conflict,
        $"The deletion of the encryption key '{keyId}' cannot be cancelled: it is not scheduled for deletion. It can be used as it is, or enabled.");

    public static SecretConflictException KeyInUse(string keyId, long secrets) => new(
        SecretStoreErrorCodes.ResourceInUse,
        Conflict,
        string.Create(CultureInfo.InvariantCulture, $"The encryption key '{keyId}' was not scheduled for deletion: {secrets} {(secrets == 1 ? "secret uses" : "secrets use")} it, and could not be read any more. Move them to another key with UpdateSecretAsync first, or set EvenIfInUse."));

    public static SecretConflictException DefaultKeyKept(string keyId) => new(
        SecretStoreErrorCodes.ResourceInUse,
        Conflict,
        $"The encryption key '{keyId}' cannot be deleted: it is the key of secrets that name none. Disable it, or rotate it.");

    public static SecretRequestException RingFull(int maxBytes) => new(
        SecretStoreErrorCodes.LimitExceeded,
        400,
        $"The key ring would become larger than {maxBytes >> 10} KiB. Delete encryption keys that nothing uses, or shorten descriptions.");

    public static SecretRequestException RootKeysFull(int maxRootKeys) => new(
        SecretStoreErrorCodes.LimitExceeded,
        400,
        $"The store has {maxRootKeys} root keys already. Remove one that is not needed, or change it.");

    public static SecretConflictException LastRootKey(string rootKeyId) => new(
        SecretStoreErrorCodes.ResourceInUse,
        Conflict,
        $"The root key '{rootKeyId}' cannot be removed: it is the only one, and nothing would open the store any more. Add another one first, or change it.");

    public static SecretNotFoundException RootKeyUnknown(string rootKeyId) => new(
        SecretStoreErrorCodes.KeyNotFound,
        NotFound,
        $"The store has no root key '{rootKeyId}'. It may have been removed or changed; list the root keys.");

    public static SecretUnavailableException GenerationUnknown(string keyId, long generation) => new(
        SecretStoreErrorCodes.Unavailable,
        Conflict,
        UnavailabilityReason.KeyUnavailable,
        $"The encryption key '{keyId}' has no generation {generation} in the key ring that is open. The ring may be older than the secret: open the store again.");

    public static SecretStoreAccessException WrongProvider(string location) => new(
        SecretStoreErrorCodes.WrongKey,
        ServerError,
        $"The key provider does not unwrap the key of the store in '{location}': it holds other keys than those the store was made with, or the header was altered. Give the provider that the store was made with.");

    /// <summary>The one message for everything that the ring opened and that is not authentic, whatever step failed (DESIGN K9).</summary>
    public static SecretStoreIntegrityException Tampered() => new(
        SecretStoreErrorCodes.Tampered,
        ServerError,
        "Stored bytes are well-formed but not authentic: they were changed, moved or taken from another store. Nothing of them was used; restore a backup.");

    public static SecretStoreIntegrityException Corrupt(string what) => new(
        SecretStoreErrorCodes.Corrupt,
        ServerError,
        $"The {what} cannot be read: its bytes are damaged. Restore a backup.");

    public static SecretStoreIntegrityException UnsupportedFormat(string what, int version) => new(
        SecretStoreErrorCodes.UnsupportedFormat,
        ServerError,
        $"The {what} has format {version}, which this version of the library does not know. Use the version that wrote it, or a later one.");

    public static SecretStoreAccessException WrongKey(string kind, string location) => new(
        SecretStoreErrorCodes.WrongKey,
        ServerError,
        $"The store '{location}' does not open with the given root key of kind '{kind}': it is another key, or its key slot was removed or altered.");

    public static SecretStoreAccessException NoSlot(string kind, IEnumerable<string> kinds, string location) => new(
        SecretStoreErrorCodes.WrongKey,
        ServerError,
        $"The store '{location}' has no key slot for a root key of kind '{kind}'; it has: {string.Join(", ", kinds)}.");

    public static SecretStoreAccessException MalformedKey(string source, string form) => new(
        SecretStoreErrorCodes.WrongKey,
        ServerError,
        $"{source} does not hold a root key. Expected is {form}.");

    public static SecretStoreAccessException KeyFileMissing(string path, string location) => new(
        SecretStoreErrorCodes.KeyMissing,
        ServerError,
        $"The key file '{path}' does not exist, and the store '{location}' cannot be opened without it. Put the key file back from its backup; a new key is made only together with a new store.");

    public static SecretStoreAccessException MountedKeyMissing(string path, string location) => new(
        SecretStoreErrorCodes.KeyMissing,
        ServerError,
        $"The mounted key file '{path}' does not exist, and the store '{location}' cannot be opened without it. Mount the key there; a mounted key is never made by the library.");

    public static SecretStoreAccessException KeyVariableMissing(string variable, string location) => new(
        SecretStoreErrorCodes.KeyMissing,
        ServerError,
        $"The environment variable '{variable}' is not set, and the store '{location}' cannot be opened without the key in it. For a new store, make a key with RootKey.Generate() and set the variable to it.");

    public static SecretStoreAccessException PrivateKeyMissing(string location) => new(
        SecretStoreErrorCodes.KeyMissing,
        ServerError,
        $"The certificate is the one that the store '{location}' was made for, but it has no private key here, so it cannot open the store. Load it together with its private key.");

    public static SecretStoreUnavailableException CertificateKeyUnavailable(string location, Exception cause) => new(
        SecretStoreErrorCodes.ServiceUnavailable,
        503,
        $"The RSA key of the certificate cannot be used; the store is '{location}'. Whether it is the right key was not found out. Try again when the cause is gone.",
        cause);

    public static SecretStoreUnavailableException RootKeyServiceFailed(string kind, string location, Exception cause) => new(
        SecretStoreErrorCodes.ServiceUnavailable,
        503,
        $"The key service behind the root key of kind '{kind}' failed, or its answer cannot be used; the store is '{location}'. Try again, then look at the key service.",
        cause);

    public static SecretStoreUnavailableException KeyFileUnavailable(string path, Exception cause) => new(
        SecretStoreErrorCodes.ServiceUnavailable,
        503,
        $"The key file '{path}' cannot be used: {cause.Message} Try again when the cause is gone.",
        cause);

    public static SecretStoreAccessException InsecureKeyFile(string path, string why) => new(
        SecretStoreErrorCodes.InsecurePermissions,
        ServerError,
        $"The key file '{path}' was not read: {why}.");
}
