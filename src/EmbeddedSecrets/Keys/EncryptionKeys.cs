namespace EmbeddedSecrets;

/// <summary>The ids of the two encryption keys that every store uses.</summary>
public static class EncryptionKeys
{
    /// <summary>The id of the key under which secrets are that name no other, unless the options say otherwise.</summary>
    public const string Default = "default";

    /// <summary>The id of the key under which the key of the store's own records is wrapped. It is reserved: no secret can use it, and it cannot be disabled.</summary>
    public const string Store = "acs/store";
}
