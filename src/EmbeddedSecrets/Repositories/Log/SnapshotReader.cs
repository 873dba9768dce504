namespace EmbeddedSecrets.Repositories.Log;

/// <summary>Applies the index of a chunk, drawn in <see cref="SnapshotWriter"/>, to the index in memory. The body is not read.</summary>
internal static class SnapshotReader
{
    /// <summary>Applies a chunk. False when the bytes break their rules; the index is of no use then.</summary>
    public static bool TryApply(ReadOnlySpan<byte> chunkIndex, int bodyLength, long bodyOffset, LogIndex index)
    {
        if (index.TryAdd(chunkIndex, bodyLength, bodyOffset))
        {
            return true;
        }

        var fields = new IndexFields(chunkIndex);
        while (!fields.IsAtEnd && !fields.HasFailed)
        {
            ApplyEntry(ref fields, bodyLength, bodyOffset, index);
        }

        return !fields.HasFailed;
    }

    private static void ApplyEntry(ref IndexFields fields, int bodyLength, long bodyOffset, LogIndex index)
    {
        switch ((byte)fields.TakeByte())
        {
            case SnapshotWriter.RecordKind:
                ReadOnlySpan<byte> name = fields.TakeName();
                RecordStamp stamp = fields.TakeStamp();
                SealedPlace record = fields.TakePlace(bodyLength, CommitRules.MaxRecordBytes);
                if (!fields.HasFailed)
                {
                    index.Put(name, new RecordLocation(stamp, bodyOffset + record.Offset, record.Length));
                }

                break;
            case SnapshotWriter.NoRecordKind:
                ReadOnlySpan<byte> removed = fields.TakeName();
                if (!fields.HasFailed)
                {
                    index.Remove(removed);
                }

                break;
            case SnapshotWriter.PayloadKind:
                UniqueId id = fields.TakeId();
                SealedPlace payload = fields.TakePlace(bodyLength, CommitRules.MaxPayloadBytes);
                if (!fields.HasFailed)
                {
                    index.AddPayload(id, new PayloadLocation(bodyOffset + payload.Offset, payload.Length));
                }

                break;
            case SnapshotWriter.NoPayloadKind:
                index.DropPayload(fields.TakeId());
                break;
            default:
                fields.Fail();
                break;
        }
    }
}
