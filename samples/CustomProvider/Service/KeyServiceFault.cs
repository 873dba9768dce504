namespace EmbeddedSecrets.Samples.CustomProvider.Service;

/// <summary>Why the service refused a call.</summary>
internal enum KeyServiceFault
{
    /// <summary>It is overloaded or unreachable; the same call may succeed a moment later.</summary>
    Busy,

    KeyNotFound,
    KeyDisabled,
    KeyPendingDeletion,

    /// <summary>The ciphertext is not authentic, or belongs to another key or to other associated data.</summary>
    InvalidCiphertext,
}
