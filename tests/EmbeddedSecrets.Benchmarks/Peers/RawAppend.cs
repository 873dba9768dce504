using EmbeddedSecrets.Interop;
using Microsoft.Win32.SafeHandles;

namespace EmbeddedSecrets.Benchmarks.Peers;

/// <summary>The limit of a durable put: one write into room that was made ahead, and one flush of the data. Nothing is sealed.</summary>
internal sealed class RawAppend : IDisposable
{
    private const int Room = 64 << 20;
    private const int PlaceLength = 700;

    private readonly string _path;
    private readonly SafeFileHandle _file;
    private long _end;
    private byte[] _together = [];

    public RawAppend(string directory)
    {
        _path = Path.Combine(Directory.CreateDirectory(directory).FullName, "raw");
        _file = File.OpenHandle(_path, FileMode.Create, FileAccess.ReadWrite);
        byte[] zeros = new byte[1 << 20];
        for (long offset = 0; offset < Room; offset += zeros.Length)
        {
            RandomAccess.Write(_file, zeros, offset);
        }

        RandomAccess.FlushToDisk(_file);
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        _end = _end + bytes.Length <= Room ? _end : 0;
        RandomAccess.Write(_file, bytes, _end);
        NativeFile.FlushData(_file, _path);
        _end += bytes.Length;
    }

    /// <summary>Appends many at once: one write and one flush.</summary>
    public void Append(IReadOnlyList<byte[]> many)
    {
        int length = 0;
        for (int i = 0; i < many.Count; i++)
        {
            length += many[i].Length;
        }

        if (_together.Length < length)
        {
            _together = new byte[length];
        }

        int end = 0;
        for (int i = 0; i < many.Count; i++)
        {
            many[i].CopyTo(_together, end);
            end += many[i].Length;
        }

        Append(_together.AsSpan(0, length));
    }

    /// <summary>Reads what stands anywhere in the room.</summary>
    public void Read(int place, Span<byte> destination) => _ = RandomAccess.Read(_file, destination, (long)place * PlaceLength % (Room - destination.Length));

    public void Dispose() => _file.Dispose();
}
