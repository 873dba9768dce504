namespace EmbeddedSecrets;

/// <summary>What is wrong in a store.</summary>
public enum VerificationFaultKind
{
    /// <summary>The directory or the log is not what the store makes: a link, another owner, or a mode that lets others in.</summary>
    Directory,

    /// <summary>Bytes of the log are damaged, missing or not authentic.</summary>
    Frame,

    /// <summary>A part of the log does not follow the one before it.</summary>
    Chain,

    /// <summary>The header, which holds the key ring and the store's own key, is missing, damaged or not authentic.</summary>
    Header,

    /// <summary>The slots of the root keys or the key ring behind them are damaged or not authentic.</summary>
    Slot,

    /// <summary>The given root key cannot be used, or does not open the store; what needs a key was not verified.</summary>
    RootKey,

    /// <summary>The record of a secret cannot be read, is not authentic, or breaks a rule.</summary>
    Record,

    /// <summary>The data key of a version does not unwrap.</summary>
    WrappedKey,

    /// <summary>The value of a version, or the policy of a secret, is missing, or does not open.</summary>
    Payload,

    /// <summary>The audit trail is damaged, incomplete or not authentic, or cannot be read with the given key.</summary>
    Audit,
}
