using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using EmbeddedSecrets.Files;

namespace EmbeddedSecrets.Repositories.Log;

/// <summary>
/// Collects one chunk of a snapshot: the index in plaintext, about 64 KiB, and the body. Later chunks go before earlier ones.
/// The index is drawn here (little endian), entries one after another:
/// <code>
/// kind 1: 1 record    name length 1, name (ASCII), incarnation 16, revision 8, offset in the body 4, length 4, tag 16
///         2 no record name length 1, name
///         3 payload   id 16, offset in the body 4, length 4, tag 16
///         4 no payload  id 16
/// </code>
/// </summary>
internal sealed class SnapshotWriter
{
    public const byte RecordKind = 1;
    public const byte NoRecordKind = 2;
    public const byte PayloadKind = 3;
    public const byte NoPayloadKind = 4;

    private const int FullIndex = 64 << 10;
    private const int FullBody = 1 << 20;
    private const int LongestEntry = 256;

    private readonly ArrayBufferWriter<byte> _index = new(FullIndex + LongestEntry);
    private readonly ArrayBufferWriter<byte> _body = new(FullBody);

    public ReadOnlySpan<byte> Index => _index.WrittenSpan;

    public ReadOnlySpan<byte> Body => _body.WrittenSpan;

    public bool IsEmpty => _index.WrittenCount == 0;

    public bool IsFull => _index.WrittenCount >= FullIndex || _body.WrittenCount >= FullBody;

    public void Clear()
    {
        _index.ResetWrittenCount();
        _body.ResetWrittenCount();
    }

    /// <summary>Adds a record, whose sealed bytes are copied from where they stand.</summary>
    public void AddRecord(string name, in RecordLocation location, IStoreFile from)
    {
        PutName(RecordKind, name);
        Span<byte> stamp = _index.GetSpan(24);
        location.Stamp.Incarnation.CopyTo(stamp);
        BinaryPrimitives.WriteInt64LittleEndian(stamp[16..], location.Stamp.Revision);
        _index.Advance(24);
        PutSealed(location.Offset, location.Length, from);
    }

    public void AddNoRecord(string name) => PutName(NoRecordKind, name);

    /// <summary>Adds a payload, whose sealed bytes are copied from where they stand.</summary>
    public void AddPayload(UniqueId id, in PayloadLocation location, IStoreFile from)
    {
        PutId(PayloadKind, id);
        PutSealed(location.Offset, location.Length, from);
    }

    public void AddNoPayload(UniqueId id) => PutId(NoPayloadKind, id);

    private void PutName(byte kind, string name)
    {
        Span<byte> bytes = _index.GetSpan(2 + name.Length);
        bytes[0] = kind;
        bytes[1] = (byte)name.Length;
        Encoding.ASCII.GetBytes(name, bytes[2..]);
        _index.Advance(2 + name.Length);
    }

    private void PutId(byte kind, UniqueId id)
    {
        Span<byte> bytes = _index.GetSpan(17);
        bytes[0] = kind;
        id.CopyTo(bytes[1..]);
        _index.Advance(17);
    }

    private void PutSealed(long offset, int length, IStoreFile from)
    {
        Span<byte> message = _body.GetSpan(length)[..length];
        if (from.Read(message, offset) != length)
        {
            throw new IOException($"'{from.Path}' ends before offset {offset + length}.");
        }

        Span<byte> place = _index.GetSpan(24);
        BinaryPrimitives.WriteInt32LittleEndian(place, _body.WrittenCount);
        BinaryPrimitives.WriteInt32LittleEndian(place[4..], length);
        message[^BatchWriter.TagLength..].CopyTo(place[8..]);
        _index.Advance(24);
        _body.Advance(length);
    }
}
