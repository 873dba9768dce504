namespace EmbeddedSecrets;

/// <summary>What may be done with an encryption key. The numbers are those of the format.</summary>
public enum EncryptionKeyState
{
    /// <summary>Everything.</summary>
    Enabled = 0,

    /// <summary>Nothing until it is enabled again: values under it are neither read nor written (<c>Rejected.Disabled</c>).</summary>
    Disabled = 1,

    /// <summary>Nothing: it is scheduled for deletion (<c>Rejected.PendingDeletion</c>), which can be cancelled.</summary>
    PendingDeletion = 2,
}
