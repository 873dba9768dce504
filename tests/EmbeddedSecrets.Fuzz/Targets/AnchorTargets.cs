using System.Buffers.Binary;
using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Interop;
using Microsoft.Win32.SafeHandles;

namespace EmbeddedSecrets.Fuzz.Targets;

/// <summary>The file of a rollback anchor.</summary>
internal static class AnchorTargets
{
    private const int PlaceDistance = 4096;
    private const int ChecksumOffset = 64;

    public static IEnumerable<FuzzTarget> All => [new("anchor", Anchor, Seeds, typeof(SecretStoreException))];

    /// <summary>The first byte says whether the checksums are made right, so that what stands behind them is reached.</summary>
    private static void Anchor(byte[] input)
    {
        byte[] bytes = input.Length == 0 ? [] : input[1..];
        if (input is [1, ..])
        {
            Repair(bytes, 0);
            Repair(bytes, PlaceDistance);
        }

        InFile(bytes, path =>
        {
            IRollbackAnchor anchor = RollbackAnchor.FromFile(path);
            RollbackHead? read = anchor.Read();
            var next = new RollbackHead(read?.StoreId ?? new UniqueId(0, 1), long.MaxValue, long.MaxValue, new UniqueId(0, 7));
            anchor.Advance(next);
            FuzzTarget.Require(anchor.Read() == next, "An anchor that is advanced reads as it was advanced.");
        });
    }

    private static void Repair(byte[] bytes, int place)
    {
        if (bytes.Length >= place + ChecksumOffset + sizeof(uint))
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(place + ChecksumOffset), Checksum.Of(bytes.AsSpan(place, ChecksumOffset)));
        }
    }

    private static IEnumerable<(string Name, byte[] Bytes)> Seeds()
    {
        byte[] whole = [];
        InFile([], path =>
        {
            IRollbackAnchor anchor = RollbackAnchor.FromFile(path);
            anchor.Advance(new RollbackHead(new UniqueId(0, 5), 1, 2, new UniqueId(0, 3)));
            anchor.Advance(new RollbackHead(new UniqueId(0, 5), 1, 3, new UniqueId(0, 4)));
            whole = File.ReadAllBytes(path);
        });
        byte[] last = [.. whole];
        BinaryPrimitives.WriteInt64LittleEndian(last.AsSpan(8), long.MaxValue);
        byte[] negative = [.. whole];
        BinaryPrimitives.WriteInt64LittleEndian(negative.AsSpan(8), -3);
        BinaryPrimitives.WriteInt64LittleEndian(negative.AsSpan(PlaceDistance + 8), -4);
        return [("whole", [0, .. whole]), ("one-place", [1, .. whole[..200]]), ("last-number", [1, .. last]), ("negative-numbers", [1, .. negative])];
    }

    private static void InFile(byte[] bytes, Action<string> use)
    {
        string path = Path.Combine(Path.GetTempPath(), $"embedded-secrets-anchor-{Environment.ProcessId}-{Environment.CurrentManagedThreadId}");
        File.Delete(path);
        try
        {
            using (SafeFileHandle file = NativeFile.Open(path, FileAccessMode.CreateNew))
            {
                RandomAccess.Write(file, bytes, 0);
            }

            use(path);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
