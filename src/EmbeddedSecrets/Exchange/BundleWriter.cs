using System.Buffers.Binary;
using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Envelope;
using EmbeddedSecrets.Records;

namespace EmbeddedSecrets.Exchange;

/// <summary>Writes a bundle, frame by frame. One thread at a time.</summary>
internal sealed class BundleWriter : IDisposable
{
    private readonly Stream _destination;
    private readonly BundleKey _key;
    private long _number;
    private long _secrets;
    private long _versions;

    private BundleWriter(Stream destination, BundleKey key)
    {
        _destination = destination;
        _key = key;
    }

    public long Secrets => _secrets;

    public long Versions => _versions;

    public long Length { get; private set; }

    /// <summary>Makes the key of the bundle and writes the preamble.</summary>
    public static async ValueTask<BundleWriter> BeginAsync(Stream destination, IRootKey rootKey, CancellationToken cancellationToken)
    {
        (BundleKey key, byte[] slot) = await BundleKey.MakeAsync(rootKey, cancellationToken).ConfigureAwait(false);
        var writer = new BundleWriter(destination, key);
        try
        {
            await writer.WriteAsync(Preamble(key.BundleId, rootKey.Kind, slot), cancellationToken).ConfigureAwait(false);
            return writer;
        }
        catch
        {
            writer.Dispose();
            throw;
        }
    }

    public async ValueTask WriteAsync(BundledSecret bundled, CancellationToken cancellationToken)
    {
        await WriteAsync(RecordFrame(bundled), cancellationToken).ConfigureAwait(false);
        foreach (SecretValue? value in bundled.Values)
        {
            if (value is not null)
            {
                await WriteAsync(Frame(BundleFormat.Value, value.Span), cancellationToken).ConfigureAwait(false);
            }
        }

        _secrets++;
        _versions += bundled.Values.Length;
    }

    /// <summary>Writes the end, without which a bundle is cut.</summary>
    public async ValueTask EndAsync(CancellationToken cancellationToken)
    {
        await WriteAsync(EndFrame(), cancellationToken).ConfigureAwait(false);
        await _destination.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    public void Dispose() => _key.Dispose();

    private static byte[] Preamble(UniqueId bundleId, string kind, byte[] slot)
    {
        var writer = new FieldWriter(stackalloc byte[AssociatedData.UsualLength]);
        writer.Bytes(BundleFormat.Magic);
        writer.UInt32(BundleFormat.Version);
        writer.Id(bundleId);
        writer.Text(kind);
        writer.UInt16(slot.Length);
        writer.Bytes(slot);
        byte[] preamble = new byte[writer.Written.Length + sizeof(uint)];
        writer.Written.CopyTo(preamble);
        BinaryPrimitives.WriteUInt32LittleEndian(preamble.AsSpan(^sizeof(uint)), Checksum.Of(writer.Written));
        return preamble;
    }

    private byte[] RecordFrame(BundledSecret bundled)
    {
        using SecretMemory room = SecretMemory.Rent(RecordCodec.UsualLength);
        var record = new FieldWriter(room.Span);
        try
        {
            BundledSecretCodec.Encode(ref record, bundled.Secret, bundled.Policy);
            return Frame(BundleFormat.Record, record.Written);
        }
        finally
        {
            record.Dispose();
        }
    }

    private byte[] EndFrame()
    {
        Span<byte> counts = stackalloc byte[BundleFormat.EndLength];
        BinaryPrimitives.WriteInt64LittleEndian(counts, _secrets);
        BinaryPrimitives.WriteInt64LittleEndian(counts[sizeof(long)..], _versions);
        return Frame(BundleFormat.End, counts);
    }

    private byte[] Frame(byte kind, ReadOnlySpan<byte> plaintext)
    {
        int length = DerivedCipher.CommittedOverhead + plaintext.Length;
        byte[] frame = new byte[BundleFormat.FrameOverhead + length];
        frame[0] = kind;
        BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(1), checked((uint)length));
        _key.Seal(kind, _number, plaintext, frame.AsSpan(BundleFormat.FrameHead, length));
        _number++;
        BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(^sizeof(uint)), Checksum.Of(frame.AsSpan(..^sizeof(uint))));
        return frame;
    }

    private async ValueTask WriteAsync(byte[] bytes, CancellationToken cancellationToken)
    {
        await _destination.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
        Length += bytes.Length;
    }
}
