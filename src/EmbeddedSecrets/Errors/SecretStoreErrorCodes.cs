namespace EmbeddedSecrets;

/// <summary>The codes that <see cref="SecretStoreException.Code"/> can hold (SPEC section 2.6, DESIGN section 6).</summary>
public static class SecretStoreErrorCodes
{
    /// <summary>400: a parameter does not fit the state of the secret.</summary>
    public const string InvalidParameter = "InvalidParameter";

    /// <summary>400: a limit on stages, tags or versions, or on the size of the key ring, would be passed.</summary>
    public const string LimitExceeded = "Rejected.LimitExceeded";

    /// <summary>404: the secret, the version or the stage does not exist.</summary>
    public const string ResourceNotFound = "Forbidden.ResourceNotFound";

    /// <summary>403: the policy of the secret does not allow the operation to the caller.</summary>
    public const string NoPermission = "Forbidden.NoPermission";

    /// <summary>404: the encryption key, or the root key, does not exist.</summary>
    public const string KeyNotFound = "Forbidden.KeyNotFound";

    /// <summary>
    /// 409: the name, or the id of an encryption key, is taken, or the version id is or was used; or, when a backup is restored, there is
    /// a store already; or, when a bundle is imported, a secret is there already and differs.
    /// </summary>
    public const string ResourceExist = "Rejected.ResourceExist";

    /// <summary>409: the secret is scheduled for deletion.</summary>
    public const string ResourceInDeleteWindow = "Rejected.ResourceInDeleteWindow";

    /// <summary>
    /// 409: the secret or the encryption key is not scheduled for deletion, so there is nothing to restore; or the key is in use and is
    /// not deleted; or the root key is the last one and is not removed; or the secret was read within
    /// <see cref="DeleteSecretOptions.RefuseIfReadWithin"/> and is not deleted.
    /// </summary>
    public const string ResourceInUse = "Rejected.ResourceInUse";

    /// <summary>409: the encryption key is disabled.</summary>
    public const string KeyDisabled = "Rejected.Disabled";

    /// <summary>409: the encryption key is scheduled for deletion.</summary>
    public const string KeyPendingDeletion = "Rejected.PendingDeletion";

    /// <summary>409: the key, or the version, cannot be used as it is now.</summary>
    public const string Unavailable = "Rejected.Unavailable";

    /// <summary>412: the secret was changed since the revision that the caller expected.</summary>
    public const string RevisionConflict = "Conflict.Revision";

    /// <summary>500: no key slot opens under the given root key.</summary>
    public const string WrongKey = "Store.WrongKey";

    /// <summary>500: the root key of an existing store cannot be found.</summary>
    public const string KeyMissing = "Store.KeyMissing";

    /// <summary>500: stored bytes are damaged.</summary>
    public const string Corrupt = "Store.Corrupt";

    /// <summary>500: stored bytes are well-formed but not authentic.</summary>
    public const string Tampered = "Store.Tampered";

    /// <summary>
    /// 500: what is read, such as the store, a bundle or an audit trail, was written in a format that this library does not know. 503: a
    /// process with a newer version of the library has the store open, and its shared page is not known.
    /// </summary>
    public const string UnsupportedFormat = "Store.UnsupportedFormat";

    /// <summary>500: the store is older than the state that its rollback anchor keeps.</summary>
    public const string RolledBack = "Store.RolledBack";

    /// <summary>500: a file or directory can be read or changed by others.</summary>
    public const string InsecurePermissions = "Store.InsecurePermissions";

    /// <summary>
    /// 503: the turn to write did not come in time, to the store or to the audit trail; several instances may have a store open. Or, when a
    /// backup is restored, the store there is open.
    /// </summary>
    public const string Locked = "Store.Locked";

    /// <summary>503: the store does not take writes: a flush failed, and what was acknowledged stays readable; or it is read-only, as it was opened or where it lies.</summary>
    public const string WritesStopped = "Store.WritesStopped";

    /// <summary>503: the change may or may not have been made.</summary>
    public const string OutcomeUnknown = "Store.OutcomeUnknown";

    /// <summary>503: the disk, the file system or a key service failed in a way that may pass.</summary>
    public const string ServiceUnavailable = "ServiceUnavailableTemporary";
}
