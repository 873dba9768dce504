namespace EmbeddedSecrets;

/// <summary>What a caller may say when scheduling the deletion of an encryption key.</summary>
public sealed class ScheduleKeyDeletionOptions
{
    /// <summary>Gets or sets a value indicating whether a key that secrets use is scheduled too. Their values cannot be read until the deletion is cancelled and the key enabled.</summary>
    /// <value>The default is <see langword="false"/>. Even so the key is not removed at the end of its window while a secret uses it.</value>
    public bool EvenIfInUse { get; set; }
}
