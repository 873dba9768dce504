using EmbeddedSecrets.Files;

namespace EmbeddedSecrets.Tests.Faults;

/// <summary>
/// A log file behind a cache, as a kernel has one: what is written is on the disk only after a flush, and a flush that fails
/// marks the pages clean, so that they never get there although they can be read.
/// </summary>
internal sealed class CachedLogFile(IStoreFile inner, CachedLogFile.Medium medium) : IWrappedLogFile
{
    public IStoreFile Inner => inner;

    public string Path => inner.Path;

    public long Length => inner.Length;

    public int Read(Span<byte> destination, long offset) => inner.Read(destination, offset);

    public void Write(ReadOnlySpan<byte> bytes, long offset)
    {
        inner.Write(bytes, offset);
        medium.Dirty.Add((offset, bytes.ToArray()));
    }

    public void FlushData()
    {
        if (medium.FailFlush)
        {
            medium.Dirty.Clear();
            throw new IOException("No such luck (flush).");
        }

        inner.FlushData();
        medium.TakeDirty();
    }

    public bool IsOpenHereOnly() => inner.IsOpenHereOnly();

    public void Dispose() => inner.Dispose();

    /// <summary>What survives a power cut. It outlives the files that are opened on it.</summary>
    internal sealed class Medium
    {
        private byte[] _bytes = [];

        public List<(long Offset, byte[] Bytes)> Dirty { get; } = [];

        public bool FailFlush { get; set; }

        public byte[] ToArray() => [.. _bytes];

        public void TakeDirty()
        {
            foreach ((long offset, byte[] bytes) in Dirty)
            {
                Array.Resize(ref _bytes, Math.Max(_bytes.Length, checked((int)offset + bytes.Length)));
                bytes.CopyTo(_bytes, offset);
            }

            Dirty.Clear();
        }
    }
}
