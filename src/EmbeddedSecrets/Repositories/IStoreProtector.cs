namespace EmbeddedSecrets;

/// <summary>
/// Seals and opens what a repository itself must hide and keep in order, under a key that it never sees (DESIGN section 2).
/// Safe for several threads at once; synchronous; no key leaves it.
/// </summary>
/// <remarks>
/// A sealed message is a 32-byte salt, a 12-byte nonce, the ciphertext and a 16-byte tag, in this order: AES-256-GCM under a
/// key derived from the salt (DESIGN K5).
/// </remarks>
public interface IStoreProtector
{
    /// <summary>Gets by how many bytes a sealed message is longer than the plaintext.</summary>
    int Overhead { get; }

    /// <summary>Gets the length in bytes of the tag, which ends a sealed message.</summary>
    int TagLength { get; }

    /// <summary>Seals a message.</summary>
    /// <param name="plaintext">The message.</param>
    /// <param name="associatedData">What the message is bound to; the reader must give the same bytes.</param>
    /// <param name="destination">Exactly <see cref="Overhead"/> bytes longer than the message.</param>
    /// <exception cref="ArgumentException">The destination has another length.</exception>
    void Seal(ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> associatedData, Span<byte> destination);

    /// <summary>Opens a message.</summary>
    /// <param name="message">The sealed message.</param>
    /// <param name="associatedData">What the message was bound to.</param>
    /// <param name="destination">Exactly <see cref="Overhead"/> bytes shorter than the sealed message; zeroed when it is not authentic.</param>
    /// <returns>Whether the message is authentic.</returns>
    /// <exception cref="ArgumentException">The destination has another length, or the message is shorter than the overhead.</exception>
    bool TryOpen(ReadOnlySpan<byte> message, ReadOnlySpan<byte> associatedData, Span<byte> destination);
}
