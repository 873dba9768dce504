using System.Buffers.Binary;
using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Errors;
using EmbeddedSecrets.Keys;

namespace EmbeddedSecrets.Exchange;

/// <summary>What stands in clear at the beginning of a bundle.</summary>
internal sealed record BundlePreamble(UniqueId BundleId, string Kind, byte[] Slot)
{
    private const int VersionEnd = 8 + sizeof(uint);
    private const int FixedLength = VersionEnd + 16 + sizeof(ushort);
    private const int MaxKindLength = 64;

    /// <summary>Reads it from a stream: any bytes.</summary>
    public static async ValueTask<BundlePreamble> ReadAsync(Stream source, CancellationToken cancellationToken)
    {
        byte[] bytes = new byte[FixedLength + MaxKindLength + sizeof(ushort) + KeyRingState.MaxSlotLength + sizeof(uint)];
        await FillAsync(source, bytes.AsMemory(0, VersionEnd), cancellationToken).ConfigureAwait(false);
        CheckVersion(bytes);
        await FillAsync(source, bytes.AsMemory(VersionEnd, FixedLength - VersionEnd), cancellationToken).ConfigureAwait(false);
        int kindLength = LengthAt(bytes, FixedLength - sizeof(ushort), MaxKindLength);
        int slotAt = FixedLength + kindLength + sizeof(ushort);
        await FillAsync(source, bytes.AsMemory(FixedLength, kindLength + sizeof(ushort)), cancellationToken).ConfigureAwait(false);
        int end = slotAt + LengthAt(bytes, slotAt - sizeof(ushort), KeyRingState.MaxSlotLength);
        await FillAsync(source, bytes.AsMemory(slotAt, end - slotAt + sizeof(uint)), cancellationToken).ConfigureAwait(false);
        return Decode(bytes.AsSpan(0, end + sizeof(uint)));
    }

    private static void CheckVersion(ReadOnlySpan<byte> bytes)
    {
        if (!bytes.StartsWith(BundleFormat.Magic))
        {
            throw BundleFailures.NoBundle();
        }

        uint version = BinaryPrimitives.ReadUInt32LittleEndian(bytes[BundleFormat.Magic.Length..]);
        if (version != BundleFormat.Version)
        {
            throw BundleFailures.UnsupportedFormat(unchecked((int)version));
        }
    }

    private static int LengthAt(byte[] bytes, int offset, int maximum)
    {
        int length = BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(offset));
        return length >= 1 && length <= maximum ? length : throw BundleFailures.NoBundle();
    }

    private static BundlePreamble Decode(ReadOnlySpan<byte> bytes)
    {
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes[^sizeof(uint)..]) != Checksum.Of(bytes[..^sizeof(uint)]))
        {
            throw BundleFailures.NoBundle();
        }

        var reader = new FieldReader(bytes[VersionEnd..^sizeof(uint)]);
        try
        {
            UniqueId bundleId = reader.Id();
            string kind = reader.Text();
            return KeyRingState.IsKind(kind)
                ? new BundlePreamble(bundleId, kind, reader.Bytes(reader.UInt16()).ToArray())
                : throw BundleFailures.NoBundle();
        }
        catch (InvalidDataException)
        {
            throw BundleFailures.NoBundle();
        }
    }

    private static async ValueTask FillAsync(Stream source, Memory<byte> room, CancellationToken cancellationToken)
    {
        if (await source.ReadAtLeastAsync(room, room.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false) != room.Length)
        {
            throw BundleFailures.NoBundle();
        }
    }
}
