namespace EmbeddedSecrets;

/// <summary>How <see cref="SecretStore.DeleteSecretAsync"/> deletes: after a recovery window, or at once. Immutable.</summary>
public sealed class SecretDeletion
{
    private SecretDeletion(TimeSpan? recoveryWindow)
    {
        RecoveryWindow = recoveryWindow;
    }

    /// <summary>Gets the deletion that takes effect at once and cannot be taken back.</summary>
    public static SecretDeletion Immediately { get; } = new(null);

    /// <summary>Gets the time in which the secret can be restored, or null when it is deleted at once.</summary>
    public TimeSpan? RecoveryWindow { get; }

    /// <summary>Schedules the deletion; until it takes effect the secret can be restored.</summary>
    /// <param name="recoveryWindow">7 to 30 days.</param>
    /// <returns>The deletion.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The window is shorter than 7 days or longer than 30.</exception>
    public static SecretDeletion After(TimeSpan recoveryWindow)
    {
        Secrets.SecretRules.CheckRecoveryWindow(recoveryWindow, nameof(recoveryWindow));
        return new SecretDeletion(recoveryWindow);
    }
}
