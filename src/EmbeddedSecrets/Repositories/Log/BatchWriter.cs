using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace EmbeddedSecrets.Repositories.Log;

/// <summary>
/// Collects the commits of one batch: the index in plaintext, and the body. The index is drawn here (little endian):
/// <code>
/// first sequence 8, then for each commit: number of changes 4, and for each change
///   kind 1 (1 put, 2 remove), name length 1, name (ASCII)
///   of a put: incarnation 16, revision 8, offset in the body 4, length 4, tag 16
///   number of payloads added 2, each: id 16, offset in the body 4, length 4, tag 16
///   number of payloads dropped 2, each: id 16
/// </code>
/// </summary>
internal sealed class BatchWriter
{
    public const int PutKind = 1;
    public const int RemoveKind = 2;
    public const int TagLength = 16;

    private const int KeptBytes = 8 << 20;

    private ArrayBufferWriter<byte> _index = new();
    private ArrayBufferWriter<byte> _body = new();

    public ReadOnlySpan<byte> Index => _index.WrittenSpan;

    public ReadOnlySpan<byte> Body => _body.WrittenSpan;

    public int Size => _index.WrittenCount + _body.WrittenCount;

    public RepositoryHeader? NewHeader { get; private set; }

    public void Begin(long firstSequence)
    {
        if (_body.Capacity > KeptBytes)
        {
            _body = new ArrayBufferWriter<byte>();
            _index = new ArrayBufferWriter<byte>();
        }

        _index.ResetWrittenCount();
        _body.ResetWrittenCount();
        NewHeader = null;
        PutInt64(firstSequence);
    }

    public void Add(RepositoryCommit commit)
    {
        NewHeader = commit.NewHeader;
        IReadOnlyList<RepositoryChange> changes = commit.Changes;
        int count = PutCount32(changes.Count);
        for (int i = 0; i < count; i++)
        {
            Add(changes[i]);
        }
    }

    private void Add(RepositoryChange change)
    {
        PutByte(change.Record is null ? RemoveKind : PutKind);
        PutByte(change.Name.Length);
        _index.Advance(Encoding.ASCII.GetBytes(change.Name, _index.GetSpan(change.Name.Length)));
        if (change.Record is { } record)
        {
            PutUniqueId(record.Stamp.Incarnation);
            PutInt64(record.Stamp.Revision);
            PutSealed(record.Sealed.Span);
        }

        IReadOnlyList<RepositoryPayload> added = change.AddedPayloads;
        int addedCount = PutCount16(added.Count);
        for (int i = 0; i < addedCount; i++)
        {
            PutUniqueId(added[i].Id);
            PutSealed(added[i].Sealed.Span);
        }

        IReadOnlyList<UniqueId> dropped = change.DroppedPayloads;
        int droppedCount = PutCount16(dropped.Count);
        for (int i = 0; i < droppedCount; i++)
        {
            PutUniqueId(dropped[i]);
        }
    }

    private void PutSealed(ReadOnlySpan<byte> message)
    {
        PutInt32(_body.WrittenCount);
        PutInt32(message.Length);
        _index.Write(message[^TagLength..]);
        _body.Write(message);
    }

    private void PutByte(int value)
    {
        _index.GetSpan(1)[0] = (byte)value;
        _index.Advance(1);
    }

    /// <summary>The list is the caller's own and may be another one when it is asked again: as many entries follow as are written here.</summary>
    private int PutCount16(int count)
    {
        BinaryPrimitives.WriteInt16LittleEndian(_index.GetSpan(2), (short)count);
        _index.Advance(2);
        return count;
    }

    /// <summary>As <see cref="PutCount16"/>.</summary>
    private int PutCount32(int count)
    {
        PutInt32(count);
        return count;
    }

    private void PutInt32(int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(_index.GetSpan(4), value);
        _index.Advance(4);
    }

    private void PutInt64(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_index.GetSpan(8), value);
        _index.Advance(8);
    }

    private void PutUniqueId(UniqueId value)
    {
        value.CopyTo(_index.GetSpan(16));
        _index.Advance(16);
    }
}
