namespace EmbeddedSecrets.Buffers;

/// <summary>
/// A piece of pinned memory for plaintext or keys, rented from a slab that never moves (DESIGN K11) and zeroed when it is
/// given back. A struct so that renting allocates nothing; whoever rented it disposes it exactly once, in <c>finally</c>.
/// </summary>
internal readonly struct SecretMemory : IDisposable
{
    /// <summary>Rents a piece, zeroed, of 0 to 65,536 bytes. Safe for several threads at once, and may be disposed by another thread.</summary>
    public static SecretMemory Rent(int length) => throw new NotImplementedException();

    public int Length => throw new NotImplementedException();

    public Span<byte> Span => throw new NotImplementedException();

    public Memory<byte> Memory => throw new NotImplementedException();

    public void Dispose() => throw new NotImplementedException();
}
