
namespace EmbeddedSecrets.Repositories.Log;

/// <summary>
/// Applies the index of a batch, drawn in <see cref="BatchWriter"/>, to the index in memory: at replay, and in the same way
/// when a commit is published; and tells it to who reads the changes.
/// </summary>
internal static class BatchReader
{
    /// <summary>Applies a batch that must follow on <paramref name="sequence"/>, and moves it on. False when the bytes break their rules; the index is of no use then.</summary>
    public static bool TryApply(ReadOnlySpan<byte> batchIndex, ReadOnlySpan<byte> body, long bodyOffset, ILogTarget target, ref long sequence)
    {
        var fields = new IndexFields(batchIndex);
        if (fields.TakeInt64() != sequence + 1)
        {
            return false;
        }

        while (!fields.HasFailed && !fields.IsAtEnd)
        {
            int changes = fields.TakeInt32();
            if (changes is < 0 or > CommitRules.MaxChanges || sequence == LogState.MaxNumber)
            {
                return false;
            }

            for (int i = 0; i < changes && !fields.HasFailed; i++)
            {
                ApplyChange(ref fields, body, bodyOffset, target);
            }

            sequence++;
            target.EndCommit(sequence);
        }

        return !fields.HasFailed;
    }

    private static void ApplyChange(ref IndexFields fields, ReadOnlySpan<byte> body, long bodyOffset, ILogTarget target)
    {
        int kind = fields.TakeByte();
        ReadOnlySpan<byte> name = fields.TakeName();
        if (kind == BatchWriter.PutKind)
        {
            RecordStamp stamp = fields.TakeStamp();
            SealedPlace place = TakeSealed(ref fields, body, CommitRules.MaxRecordBytes);
            AddPayloads(ref fields, body, bodyOffset, target);
            if (!fields.HasFailed)
            {
                target.Put(name, new RecordLocation(stamp, bodyOffset + place.Offset, place.Length));
            }

            DropPayloads(ref fields, target);
        }
        else if (kind == BatchWriter.RemoveKind)
        {
            AddPayloads(ref fields, body, bodyOffset, target);
            if (!fields.HasFailed)
            {
                target.Remove(name);
            }

            DropPayloads(ref fields, target);
        }
        else
        {
            fields.Fail();
        }
    }

    private static void AddPayloads(ref IndexFields fields, ReadOnlySpan<byte> body, long bodyOffset, ILogTarget target)
    {
        int count = fields.TakeInt16();
        for (int i = 0; i < count && !fields.HasFailed; i++)
        {
            UniqueId id = fields.TakeId();
            SealedPlace place = TakeSealed(ref fields, body, CommitRules.MaxPayloadBytes);
            if (!fields.HasFailed)
            {
                target.AddPayload(id, new PayloadLocation(bodyOffset + place.Offset, place.Length));
            }
        }
    }

    private static void DropPayloads(ref IndexFields fields, ILogTarget target)
    {
        int count = fields.TakeInt16();
        for (int i = 0; i < count && !fields.HasFailed; i++)
        {
            UniqueId id = fields.TakeId();
            if (!fields.HasFailed)
            {
                target.DropPayload(id);
            }
        }
    }

    /// <summary>The message in the body must end with the tag that the index names.</summary>
    private static SealedPlace TakeSealed(ref IndexFields fields, ReadOnlySpan<byte> body, int maxLength)
    {
        SealedPlace place = fields.TakePlace(body.Length, maxLength);
        if (!fields.HasFailed && UniqueId.Read(body.Slice(place.Offset, place.Length)[^BatchWriter.TagLength..]) != place.Tag)
        {
            fields.Fail();
        }

        return place;
    }
}
