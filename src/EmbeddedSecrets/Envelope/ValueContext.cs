namespace EmbeddedSecrets.Envelope;

/// <summary>
/// What a value and its data key are bound to (DESIGN K2). The reader supplies it, and takes none of it from the record that
/// it is about to believe: the name is the one asked for, the incarnation is the one in the repository's index.
/// </summary>
internal readonly record struct ValueContext(UniqueId StoreId, string Name, UniqueId Incarnation, string VersionId, SecretValueKind Kind);
