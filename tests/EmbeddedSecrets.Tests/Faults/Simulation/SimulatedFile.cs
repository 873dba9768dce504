using EmbeddedSecrets.Files;

namespace EmbeddedSecrets.Tests.Faults.Simulation;

/// <summary>An open file of a <see cref="SimulatedDisk"/>.</summary>
internal sealed class SimulatedFile(SimulatedDisk disk, SimulatedContent content, string name) : IStoreFile
{
    private bool _disposed;

    public SimulatedContent Content => content;

    public string Name { get; set; } = name;

    public string Path => System.IO.Path.Combine(SimulatedDisk.Location, Name);

    public long Length
    {
        get
        {
            disk.Run(DiskCallKind.Length, Name, 0, static () => { });
            return content.Seen.Length;
        }
    }

    public int Read(Span<byte> destination, long offset)
    {
        disk.Run(DiskCallKind.Read, Name, destination.Length, static () => { });
        int length = (int)Math.Clamp(content.Seen.Length - offset, 0, destination.Length);
        content.Seen.Slice((int)Math.Min(offset, content.Seen.Length), length).CopyTo(destination);
        return length;
    }

    public void Write(ReadOnlySpan<byte> bytes, long offset)
    {
        byte[] copy = bytes.ToArray();
        disk.Run(
            DiskCallKind.Write,
            Name,
            copy.Length,
            () => content.Write(copy, (int)offset),
            shortened: () => content.Write(copy.AsSpan(0, copy.Length / 2), (int)offset));
    }

    public void FlushData() =>
        disk.Run(DiskCallKind.FlushData, Name, 0, content.Flush, failed: () => content.FailFlush(disk.Random));

    public bool IsOpenHereOnly() => true;

    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            disk.OpenFiles--;
        }
    }
}
