namespace EmbeddedSecrets;

/// <summary>What a condition of a <see cref="SecretFilter"/> compares.</summary>
public enum SecretFilterField
{
    /// <summary>The name of the secret.</summary>
    Name,

    /// <summary>The description, without regard to case.</summary>
    Description,

    /// <summary>The key of any tag.</summary>
    TagKey,

    /// <summary>The value of any tag, whatever its key.</summary>
    TagValue,

    /// <summary>Who created the secret.</summary>
    CreatedBy,
}
