using System.Globalization;

namespace EmbeddedSecrets.Errors;

/// <summary>The failures of export bundles, so that their wording can be read as a whole.</summary>
internal static class BundleFailures
{
    public static SecretStoreAccessException WrongKey(string kind) => new(
        SecretStoreErrorCodes.WrongKey,
        500,
        $"The bundle does not open with the given root key of kind '{kind}': it was made for another key, or its key slot was altered. Nothing was imported.");

    public static SecretStoreAccessException OtherKind(string given, string made) => new(
        SecretStoreErrorCodes.WrongKey,
        500,
        $"The bundle was made for a root key of kind '{made}', and the given one is of kind '{given}'. Nothing was imported.");

    public static SecretStoreIntegrityException NoBundle() => new(
        SecretStoreErrorCodes.Corrupt,
        500,
        "The stream does not begin with an export bundle. Nothing was imported.");

    public static SecretStoreIntegrityException UnsupportedFormat(int version) => new(
        SecretStoreErrorCodes.UnsupportedFormat,
        500,
        Invariant($"The bundle has format version {version}, or parts that this version of the library does not know. Import it with a newer one."));

    public static SecretStoreIntegrityException Damaged(long frame) => new(
        SecretStoreErrorCodes.Corrupt,
        500,
        Invariant($"The bundle is cut or damaged at frame {frame}. Of that frame and what follows it nothing was imported. Get the bundle again, and import it with the same options."));

    public static SecretStoreIntegrityException Tampered(long frame) => new(
        SecretStoreErrorCodes.Tampered,
        500,
        Invariant($"The bundle is not authentic at frame {frame}: bytes there were changed, moved or taken from another bundle. Of that frame and what follows it nothing was imported."));

    public static SecretStoreIntegrityException BrokenRule(long frame, string rule) => new(
        SecretStoreErrorCodes.Corrupt,
        500,
        Invariant($"The bundle holds a secret at frame {frame} that no store can hold: {rule} Of that secret and what follows it nothing was imported."));

    public static SecretConflictException Conflict(string name) => new(
        SecretStoreErrorCodes.ResourceExist,
        409,
        $"The secret '{name}' exists already and differs from the one in the bundle. Import with another {nameof(ImportOptions)}.{nameof(ImportOptions.OnConflict)}, or remove or rename one of the two.");

    public static SecretRequestException PurgeProtected(string name) => new(
        SecretStoreErrorCodes.InvalidParameter,
        400,
        $"The secret '{name}' cannot be overwritten: the store has purge protection, and its versions would be erased at once. Import with {nameof(ImportConflict.Skip)} or {nameof(ImportConflict.NewVersion)}.");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
