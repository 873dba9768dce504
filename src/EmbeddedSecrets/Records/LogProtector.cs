using EmbeddedSecrets.Envelope;

namespace EmbeddedSecrets.Records;

/// <summary>What the repository gets: seal and open, and no key.</summary>
internal sealed class LogProtector(DerivedCipher cipher) : IStoreProtector
{
    public int Overhead => DerivedCipher.PlainOverhead;

    public int TagLength => CommittingCipher.TagLength;

    public void Seal(ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> associatedData, Span<byte> destination) => cipher.Seal(plaintext, associatedData, destination);

    public bool TryOpen(ReadOnlySpan<byte> message, ReadOnlySpan<byte> associatedData, Span<byte> destination) => cipher.TryOpen(message, associatedData, destination);
}
