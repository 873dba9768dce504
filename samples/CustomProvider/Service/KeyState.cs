namespace EmbeddedSecrets.Samples.CustomProvider.Service;

/// <summary>What the service does with a key: only an enabled one wraps and unwraps.</summary>
internal enum KeyState
{
    Enabled,
    Disabled,
    PendingDeletion,
}
