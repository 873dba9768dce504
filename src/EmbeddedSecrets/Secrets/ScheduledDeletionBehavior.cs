namespace EmbeddedSecrets;

/// <summary>What <see cref="SecretStore.CreateSecretAsync"/> does when the name belongs to a secret that is scheduled for deletion.</summary>
public enum ScheduledDeletionBehavior
{
    /// <summary>It fails with <c>Rejected.ResourceInDeleteWindow</c>.</summary>
    Fail,

    /// <summary>It restores the secret and puts the value as a new version, in one commit. A version id that is given must be new, or that of <c>ACSCurrent</c> with the same value.</summary>
    Restore,
}
