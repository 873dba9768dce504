using System.Buffers.Binary;
using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Envelope;
using EmbeddedSecrets.Keys;
using EmbeddedSecrets.Pipeline;
using EmbeddedSecrets.Records;
using EmbeddedSecrets.Repositories.Log;

namespace EmbeddedSecrets.Tests.Hygiene;

/// <summary>
/// Every message under a derived key that was ever seen in the files of a store: frames, records, wrapped data keys, slots,
/// ring. The salt and the nonce stand in clear before each. Refuses a salt and a nonce that come again with another message,
/// whatever the purpose, and a salt that a second writer uses (DESIGN K5).
/// </summary>
internal sealed class SealedMessages
{
    private const int PrefixLength = Salt.Length + CommittingCipher.NonceLength;

    private readonly Dictionary<string, string> _messages = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _saltOwners = new(StringComparer.Ordinal);

    public int Count => _messages.Count;

    public int Salts => _saltOwners.Count;

    public IEnumerable<string> Writers => _saltOwners.Values.Distinct();

    /// <summary>Reads the logs in a directory as they are; the store is not opened. What is new there is by the writer.</summary>
    public async Task CollectAsync(string directory, IRootKey rootKey, string writer)
    {
        foreach (string path in Directory.GetFiles(directory, "log-*.ess"))
        {
            byte[] log = Read(path);
            List<FrameHeader> frames = FramesOf(log);
            List<RepositoryHeader> headers = [.. frames.Where(static frame => frame.HeaderLength > 0).Select(frame => HeaderPart.TryRead(log.AsSpan((int)frame.Offset + FrameHeader.Size, frame.HeaderLength))!)];
            headers.ForEach(header => NoteHeader(header, writer));
            if (headers.Count > 0)
            {
                using var ring = new KeyRing(rootKey);
                using StoreCipher cipher = await StoreUnlocking.UnlockAsync(ring, headers[^1], directory, isReload: false, default);
                frames.ForEach(frame => NoteFrame(log, frame, cipher, writer));
            }
        }
    }

    private static byte[] Read(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static List<FrameHeader> FramesOf(byte[] log)
    {
        List<FrameHeader> frames = [];
        int offset = LogFileHeader.Length;
        while (log.Length - offset >= FrameHeader.Size
            && FrameHeader.HasChecksum(log.AsSpan(offset, FrameHeader.Size))
            && FrameHeader.TryRead(log.AsSpan(offset, FrameHeader.Size), out FrameHeader header)
            && header.FrameLength <= log.Length - offset
            && Checksum.Of(log.AsSpan(offset + FrameHeader.Size, header.CheckedLength - FrameHeader.Size)) == header.RestChecksum)
        {
            frames.Add(header);
            offset += header.FrameLength;
        }

        return frames;
    }

    private void NoteHeader(RepositoryHeader header, string writer)
    {
        StoreHeader content = StoreHeader.Decode(header.Content);
        KeyRingState ring = KeyRingState.Decode(content.RingState);
        Note(content.StoreKey.Ciphertext.Span, writer);
        Note(ring.SealedRing.Span, writer);
        foreach (SealedSlot slot in ring.Slots)
        {
            Note(slot.Wrapped.Span[1..], writer);
            Note(slot.RingKey.Span, writer);
        }
    }

    private void NoteFrame(byte[] log, FrameHeader header, StoreCipher cipher, string writer)
    {
        ReadOnlySpan<byte> frame = log.AsSpan((int)header.Offset, header.FrameLength);
        Note(frame.Slice(header.IndexStart, header.IndexLength), writer);
        byte[] content = new FrameSeal(cipher.Protector, cipher.StoreId).TryOpen(header, frame)!;
        var index = new LogIndex(static _ => { });
        long bodyOffset = header.Offset + header.BodyStart;
        bool isRead = true;
        if (header.Kind == FrameKind.Batch)
        {
            long sequence = BinaryPrimitives.ReadInt64LittleEndian(content) - 1;
            isRead = BatchReader.TryApply(content, frame.Slice(header.BodyStart, header.BodyLength), bodyOffset, index, ref sequence);
        }
        else if (header.Kind == FrameKind.Snapshot)
        {
            isRead = SnapshotReader.TryApply(content, header.BodyLength, bodyOffset, index);
        }

        isRead.Should().BeTrue("the frame at {0} is the store's own", header.Offset);
        foreach ((string name, RecordLocation place) in index.Records)
        {
            ReadOnlySpan<byte> record = log.AsSpan((int)place.Offset, place.Length);
            if (Note(record, writer))
            {
                foreach (SecretVersion version in cipher.OpenRecord(name, place.Stamp, record).Versions.Where(static version => version.Content is not null))
                {
                    Note(version.Content!.DataKey.Ciphertext.Span, writer);
                }
            }
        }
    }

    /// <summary>A message that was seen before is the same message; one that is new has a salt that no other writer has used.</summary>
    /// <returns>Whether it is new.</returns>
    private bool Note(ReadOnlySpan<byte> message, string writer)
    {
        string prefix = Convert.ToHexString(message[..PrefixLength]);
        string rest = Convert.ToHexString(message[PrefixLength..]);
        if (_messages.TryGetValue(prefix, out string? seen))
        {
            rest.Should().Be(seen, "a salt and a nonce seal one message");
            return false;
        }

        _messages.Add(prefix, rest);
        string salt = prefix[..(2 * Salt.Length)];
        if (!_saltOwners.TryAdd(salt, writer))
        {
            _saltOwners[salt].Should().Be(writer, "every writing instance draws salts of its own");
        }

        return true;
    }
}
