namespace EmbeddedSecrets;

/// <summary>What a change did to a secret.</summary>
public enum SecretChangeKind
{
    /// <summary>Changes may have been missed: what the reader keeps of the store must be loaded again. It names no secret.</summary>
    Reload = 0,

    /// <summary>The secret was created, with its first version; also where the name was used before.</summary>
    Created = 1,

    /// <summary>A version with a new value was put.</summary>
    ValuePut = 2,

    /// <summary>A stage was put on another version, or removed.</summary>
    StagesMoved = 3,

    /// <summary>A version was enabled or disabled, or its validity changed.</summary>
    VersionUpdated = 4,

    /// <summary>The value of a version was destroyed.</summary>
    VersionDestroyed = 5,

    /// <summary>Description, annotations, tags or the encryption key changed.</summary>
    Updated = 6,

    /// <summary>The secret was scheduled for deletion.</summary>
    DeletionScheduled = 7,

    /// <summary>A scheduled deletion was taken back.</summary>
    Restored = 8,

    /// <summary>The secret is gone, with all its versions.</summary>
    Deleted = 9,

    /// <summary>The policy of the secret was set.</summary>
    PolicySet = 10,
}
