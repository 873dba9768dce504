using System.Buffers.Binary;
using System.Text;

namespace EmbeddedSecrets.Repositories.Log;

/// <summary>
/// Applies the index of a batch, drawn in <see cref="BatchWriter"/>, to the index in memory: at replay, and in the same way
/// when a commit is published. Bytes are checked although they are authentic.
/// </summary>
internal ref struct BatchReader
{
    private readonly ReadOnlySpan<byte> _body;
    private readonly long _bodyOffset;
    private readonly LogIndex _index;
    private ReadOnlySpan<byte> _rest;
    private bool _failed;

    private BatchReader(ReadOnlySpan<byte> batchIndex, ReadOnlySpan<byte> body, long bodyOffset, LogIndex index)
    {
        _rest = batchIndex;
        _body = body;
        _bodyOffset = bodyOffset;
        _index = index;
    }

    /// <summary>Applies a batch that must follow on <paramref name="sequence"/>, and moves it on. False when the bytes break their rules; the index is of no use then.</summary>
    public static bool TryApply(ReadOnlySpan<byte> batchIndex, ReadOnlySpan<byte> body, long bodyOffset, LogIndex index, ref long sequence)
    {
        var reader = new BatchReader(batchIndex, body, bodyOffset, index);
        if (reader.TakeInt64() != sequence + 1)
        {
            return false;
        }

        while (!reader._failed && !reader._rest.IsEmpty)
        {
            int changes = reader.TakeInt32();
            reader._failed |= changes is < 0 or > CommitRules.MaxChanges;
            for (int i = 0; i < changes && !reader._failed; i++)
            {
                reader.ApplyChange();
            }

            sequence++;
        }

        return !reader._failed;
    }

    private void ApplyChange()
    {
        int kind = TakeByte();
        string? name = TakeName();
        if (_failed || name is null)
        {
            _failed = true;
            return;
        }

        if (kind == BatchWriter.PutKind)
        {
            var stamp = new RecordStamp(TakeUInt128(), TakeInt64());
            PayloadLocation place = TakeSealed(CommitRules.MaxRecordBytes);
            _failed |= stamp.Incarnation == 0 || stamp.Revision < 1;
            if (!_failed)
            {
                AddPayloads();
                _index.Put(name, new RecordLocation(stamp, place.Offset, place.Length));
                DropPayloads();
            }
        }
        else if (kind == BatchWriter.RemoveKind)
        {
            AddPayloads();
            _index.Remove(name);
            DropPayloads();
        }
        else
        {
            _failed = true;
        }
    }

    private void AddPayloads()
    {
        int count = TakeInt16();
        for (int i = 0; i < count && !_failed; i++)
        {
            UInt128 id = TakeUInt128();
            PayloadLocation place = TakeSealed(CommitRules.MaxPayloadBytes);
            if (!_failed)
            {
                _index.AddPayload(id, place);
            }
        }
    }

    private void DropPayloads()
    {
        int count = TakeInt16();
        for (int i = 0; i < count && !_failed; i++)
        {
            UInt128 id = TakeUInt128();
            if (!_failed)
            {
                _index.DropPayload(id);
            }
        }
    }

    /// <summary>The place of a sealed message in the body, which ends with the tag that the index names.</summary>
    private PayloadLocation TakeSealed(int maxLength)
    {
        int offset = TakeInt32();
        int length = TakeInt32();
        ReadOnlySpan<byte> tag = Take(BatchWriter.TagLength);
        if (_failed || offset < 0 || length < BatchWriter.TagLength || length > maxLength || offset > _body.Length - length
            || !_body.Slice(offset, length)[^BatchWriter.TagLength..].SequenceEqual(tag))
        {
            _failed = true;
            return default;
        }

        return new PayloadLocation(_bodyOffset + offset, length);
    }

    private string? TakeName()
    {
        ReadOnlySpan<byte> bytes = Take(TakeByte());
        string name = Encoding.Latin1.GetString(bytes);
        return CommitRules.IsName(name) ? name : null;
    }

    private int TakeByte() => Take(1) is { IsEmpty: false } bytes ? bytes[0] : 0;

    private int TakeInt16() => Take(2) is { IsEmpty: false } bytes ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : 0;

    private int TakeInt32() => Take(4) is { IsEmpty: false } bytes ? BinaryPrimitives.ReadInt32LittleEndian(bytes) : 0;

    private long TakeInt64() => Take(8) is { IsEmpty: false } bytes ? BinaryPrimitives.ReadInt64LittleEndian(bytes) : 0;

    private UInt128 TakeUInt128() => Take(16) is { IsEmpty: false } bytes ? BinaryPrimitives.ReadUInt128LittleEndian(bytes) : 0;

    private ReadOnlySpan<byte> Take(int count)
    {
        if (_failed || count > _rest.Length)
        {
            _failed = true;
            return default;
        }

        ReadOnlySpan<byte> taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }
}
