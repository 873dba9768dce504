namespace EmbeddedSecrets.Fuzz;

/// <summary>A protector that hides nothing and accepts everything, in the layout that the interface draws: what is behind authentication is reached by any bytes.</summary>
internal sealed class OpenProtector : IStoreProtector
{
    /// <summary>Where the plaintext begins.</summary>
    public const int Before = 44;

    public int Overhead => Before + TagLength;

    public int TagLength => 16;

    public void Seal(ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> associatedData, Span<byte> destination)
    {
        destination.Clear();
        plaintext.CopyTo(destination[Before..]);
        destination[^TagLength..].Fill(0xEE);
    }

    public bool TryOpen(ReadOnlySpan<byte> message, ReadOnlySpan<byte> associatedData, Span<byte> destination)
    {
        message[Before..^TagLength].CopyTo(destination);
        return true;
    }
}
