namespace EmbeddedSecrets.Pipeline;

/// <summary>A change ready to be committed, and the secret as it will be stored; null when it is removed.</summary>
internal sealed record SealedChange(RepositoryChange Change, StoredSecret? Stored);
