namespace EmbeddedSecrets;

/// <summary>Why a version, or the encryption key behind it, cannot be used.</summary>
public enum UnavailabilityReason
{
    /// <summary>The key service failed, or its answer cannot be used: <c>Rejected.Unavailable</c>.</summary>
    KeyUnavailable,

    /// <summary>The encryption key is disabled: <c>Rejected.Disabled</c>.</summary>
    KeyDisabled,

    /// <summary>The encryption key is scheduled for deletion: <c>Rejected.PendingDeletion</c>.</summary>
    KeyPendingDeletion,

    /// <summary>The encryption key does not exist: <c>Forbidden.KeyNotFound</c>, 404.</summary>
    KeyNotFound,

    /// <summary>The version is disabled: <c>Rejected.Unavailable</c>.</summary>
    VersionDisabled,

    /// <summary>The version was destroyed; its value is gone: <c>Rejected.Unavailable</c>.</summary>
    VersionDestroyed,

    /// <summary>The version has expired: <c>Rejected.Unavailable</c>.</summary>
    VersionExpired,

    /// <summary>The version is not valid yet: <c>Rejected.Unavailable</c>.</summary>
    VersionNotYetValid,
}
