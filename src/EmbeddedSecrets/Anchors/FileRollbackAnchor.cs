using System.Buffers.Binary;
using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Errors;
using EmbeddedSecrets.Interop;
using Microsoft.Win32.SafeHandles;

namespace EmbeddedSecrets.Anchors;

/// <summary>
/// An anchor in a file of two places, written in turn, so that a torn write leaves the one before. Each, little endian:
/// <code>magic 8 | number of the write 8 | store id 16 | epoch 8 | sequence 8 | tag 16 | CRC-32C of the bytes before 4, at 0 and at 4,096</code>
/// </summary>
internal sealed class FileRollbackAnchor(string path) : IRollbackAnchor
{
    private const ulong Magic = 0x31524843_4E415345; // "ESANCHR1"
    private const int PlaceLength = ChecksumOffset + sizeof(uint);
    private const int ChecksumOffset = 64;
    private const int PlaceDistance = 4096;
    private const long MaxNumber = long.MaxValue - 1;

    private readonly Lock _gate = new();

    public RollbackHead? Read()
    {
        lock (_gate)
        {
            return Open(create: false) is not { } file ? null : Using(file, handle => Newest(handle)?.Head);
        }
    }

    public void Advance(RollbackHead head)
    {
        lock (_gate)
        {
            Using(Open(create: true)!, handle =>
            {
                Place? newest = Newest(handle);
                if (newest is { Head: var known } && known.StoreId == head.StoreId && (known.Epoch, known.Sequence).CompareTo((head.Epoch, head.Sequence)) > 0)
                {
                    throw StoreFailures.AnchorGoesBack(path);
                }

                if (newest?.Number == MaxNumber)
                {
                    throw StoreFailures.Corrupt(path, 0);
                }

                var next = new Place((newest?.Number ?? 0) + 1, head);
                Span<byte> bytes = stackalloc byte[PlaceLength];
                Write(next, bytes);
                RandomAccess.Write(handle, bytes, next.Number % 2 * PlaceDistance);
                NativeFile.FlushData(handle, path);
                return 0;
            });
        }
    }

    private SafeFileHandle? Open(bool create)
    {
        try
        {
            SafeFileHandle file;
            try
            {
                file = NativeFile.Open(path, create ? FileAccessMode.ReadWrite : FileAccessMode.Read);
            }
            catch (IOException exception) when (IsMissing(exception))
            {
                if (!create)
                {
                    return null;
                }

                file = NativeFile.Open(path, FileAccessMode.CreateNew);
                NativeFile.FlushDirectory(Path.GetDirectoryName(path)!);
            }

            FileFacts facts = NativeFile.Examine(file, path);
            if (facts.Kind != FileKind.Regular || (facts.Mode & ~(UnixFileMode.UserRead | UnixFileMode.UserWrite)) != 0)
            {
                file.Dispose();
                throw StoreFailures.Insecure(path, "is no regular file for its owner only", $"Run: chmod 600 '{path}'");
            }

            return file;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw StoreFailures.AnchorFailed(exception);
        }
    }

    /// <summary>
    /// Whether there is a place for the file, and no file in it. Whatever else stands in the way of it, a directory that is not
    /// there or may not be entered, does not tell that no state was ever kept.
    /// </summary>
    private bool IsMissing(IOException exception) =>
        exception is FileNotFoundException or SystemCallException { ErrorNumber: ErrorNumber.NoEntry }
        && Directory.Exists(Path.GetDirectoryName(path));

    private static T Using<T>(SafeFileHandle file, Func<SafeFileHandle, T> use)
    {
        using (file)
        {
            try
            {
                return use(file);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                throw StoreFailures.AnchorFailed(exception);
            }
        }
    }

    /// <summary>The place that was written last.</summary>
    private Place? Newest(SafeFileHandle file)
    {
        Place? first = ReadPlace(file, 0);
        Place? second = ReadPlace(file, PlaceDistance);
        if (first is null && second is null && RandomAccess.GetLength(file) > 0)
        {
            // A file that was an anchor once must not pass for one that never was.
            throw StoreFailures.Corrupt(path, 0);
        }

        return second?.Number > (first?.Number ?? -1) ? second : first;
    }

    private static Place? ReadPlace(SafeFileHandle file, long offset)
    {
        Span<byte> bytes = stackalloc byte[PlaceLength];
        if (RandomAccess.Read(file, bytes, offset) != PlaceLength
            || BinaryPrimitives.ReadUInt64LittleEndian(bytes) != Magic
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes[ChecksumOffset..]) != Checksum.Of(bytes[..ChecksumOffset]))
        {
            return null;
        }

        long number = BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]);
        if (number is < 1 or > MaxNumber)
        {
            // No write gives such a number.
            return null;
        }

        var head = new RollbackHead(
            UniqueId.Read(bytes[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[32..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[40..]),
            UniqueId.Read(bytes[48..]));
        return new Place(number, head);
    }

    private static void Write(Place place, Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, Magic);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[8..], place.Number);
        place.Head.StoreId.CopyTo(bytes[16..]);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[32..], place.Head.Epoch);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[40..], place.Head.Sequence);
        place.Head.Tag.CopyTo(bytes[48..]);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[ChecksumOffset..], Checksum.Of(bytes[..ChecksumOffset]));
    }

    /// <summary>One of the two places, and the how manieth write filled it.</summary>
    private sealed record Place(long Number, RollbackHead Head);
}
