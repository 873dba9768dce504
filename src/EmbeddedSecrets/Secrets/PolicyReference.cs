using System.Collections.Immutable;
using System.Security.Cryptography;

namespace EmbeddedSecrets.Secrets;

/// <summary>The policy of a secret, as its record names it: the text is a payload of its own, read only where somebody acts as a principal.</summary>
/// <param name="PayloadId">Drawn anew for every policy.</param>
/// <param name="PayloadLength">The length of the sealed payload, in bytes.</param>
/// <param name="Hash">SHA-256 of the sealed payload.</param>
internal sealed record PolicyReference(UniqueId PayloadId, int PayloadLength, ImmutableArray<byte> Hash)
{
    /// <summary>Room for the longest policy and its seal.</summary>
    public const int MaxPayloadLength = 33_024;

    public static PolicyReference To(UniqueId payloadId, ReadOnlySpan<byte> payload) =>
        new(payloadId, payload.Length, [.. SHA256.HashData(payload)]);

    public bool IsOf(ReadOnlySpan<byte> payload) =>
        payload.Length == PayloadLength && CryptographicOperations.FixedTimeEquals(SHA256.HashData(payload), Hash.AsSpan());
}
