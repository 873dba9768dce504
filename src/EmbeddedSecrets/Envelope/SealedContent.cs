namespace EmbeddedSecrets.Envelope;

/// <summary>Where the sealed value of a version is, and under which data key: what a record keeps beside the description of the version.</summary>
/// <param name="PayloadId">The id of the payload in the repository, 16 random bytes.</param>
/// <param name="PayloadLength">The length of the payload in bytes; see <see cref="ValueEnvelope"/>.</param>
/// <param name="DataKey">The wrapped data key.</param>
internal sealed record SealedContent(UniqueId PayloadId, int PayloadLength, WrappedDataKey DataKey);
