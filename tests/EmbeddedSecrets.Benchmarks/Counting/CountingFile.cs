using EmbeddedSecrets.Files;

namespace EmbeddedSecrets.Benchmarks.Counting;

/// <summary>A log that counts its flushes; one that follows a write behind the end of the file makes room.</summary>
internal sealed class CountingFile(IStoreFile inner, FlushCount count) : IStoreFile
{
    private bool _extended;

    public IStoreFile Inner => inner;

    public string Path => inner.Path;

    public long Length => inner.Length;

    public int Read(Span<byte> destination, long offset) => inner.Read(destination, offset);

    public void Write(ReadOnlySpan<byte> bytes, long offset)
    {
        _extended |= offset + bytes.Length > inner.Length;
        inner.Write(bytes, offset);
    }

    public void FlushData()
    {
        inner.FlushData();
        count.Add(_extended);
        _extended = false;
    }

    public bool IsOpenHereOnly() => inner.IsOpenHereOnly();

    public void Dispose() => inner.Dispose();
}
