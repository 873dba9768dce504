namespace EmbeddedSecrets.Tests.Faults.Simulation;

/// <summary>
/// The bytes of a file twice: as programs see them, and as they are on the disk; and between the two what was written and
/// not flushed, as parts of sectors. A sector keeps all its versions, so that any subset of the parts is a possible disk.
/// </summary>
internal sealed class SimulatedContent
{
    public const int SectorLength = 512;

    private byte[] _seen;
    private byte[] _durable;

    public SimulatedContent(byte[]? bytes = null)
    {
        _durable = bytes ?? [];
        _seen = [.. _durable];
    }

    public ReadOnlySpan<byte> Seen => _seen;

    public ReadOnlySpan<byte> Durable => _durable;

    public List<(int Offset, byte[] Bytes)> Unsynced { get; } = [];

    public void Write(ReadOnlySpan<byte> bytes, int offset)
    {
        Put(ref _seen, offset, bytes);
        while (!bytes.IsEmpty)
        {
            int length = Math.Min(bytes.Length, SectorLength - (offset % SectorLength));
            Unsynced.Add((offset, bytes[..length].ToArray()));
            bytes = bytes[length..];
            offset += length;
        }
    }

    public void Flush()
    {
        Grow(ref _durable, Unsynced);
        foreach ((int offset, byte[] bytes) in Unsynced)
        {
            Put(ref _durable, offset, bytes);
        }

        Unsynced.Clear();
    }

    /// <summary>What Linux does: pages whose writing failed count as clean, so that no later flush writes them.</summary>
    public void FailFlush(Random random)
    {
        foreach ((int offset, byte[] bytes) in Unsynced)
        {
            if (random.Next(2) == 0)
            {
                Put(ref _durable, offset, bytes);
            }
        }

        Unsynced.Clear();
    }

    /// <summary>Makes room for all parts at once.</summary>
    public static void Grow(ref byte[] target, IReadOnlyCollection<(int Offset, byte[] Bytes)> parts)
    {
        int end = parts.Select(static part => part.Offset + part.Bytes.Length).DefaultIfEmpty().Max();
        if (end > target.Length)
        {
            Array.Resize(ref target, end);
        }
    }

    public static void Put(ref byte[] target, int offset, ReadOnlySpan<byte> bytes)
    {
        if (target.Length < offset + bytes.Length)
        {
            Array.Resize(ref target, offset + bytes.Length);
        }

        bytes.CopyTo(target.AsSpan(offset));
    }
}
