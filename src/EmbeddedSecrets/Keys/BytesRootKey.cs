using EmbeddedSecrets.Buffers;

namespace EmbeddedSecrets.Keys;

/// <summary>A root key that the program holds itself.</summary>
internal sealed class BytesRootKey(ReadOnlySpan<byte> key) : RawRootKey
{
    private readonly Memory<byte> _key = new PinnedBytes(key).Memory;

    protected override PinnedBytes Load(RootKeyContext context, bool mayCreate) => new(_key.Span);
}
