using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Envelope;
using EmbeddedSecrets.Errors;

namespace EmbeddedSecrets.Keys;

/// <summary>The bytes of the ring before it is sealed.</summary>
/// <remarks>
/// <code>
/// u8 version (1) | i64 ring revision | u16 count, keys:
///   text id | u8 state | i64 created ticks | text description | i64 rotation period in ticks, 0 for none
///   | i64 planned deletion in ticks, 0 for none | i64 current generation | u16 count, generations: i64 n | i64 created ticks | key 32
/// | for each slot of the state, in the same order: u64 id | i64 created ticks | text description | slot key 32
/// </code>
/// Ids and generations ascend; every key has its current generation; exactly a key that is scheduled for deletion has a
/// planned deletion.
/// </remarks>
internal static class RingCodec
{
    private const byte Version = 1;

    public static void Encode(ref FieldWriter writer, RingKeys ring)
    {
        writer.Byte(Version);
        writer.Int64(ring.Revision);
        writer.UInt16(ring.Keys.Count);
        foreach (EncryptionKey key in ring.Keys.Values.OrderBy(key => key.Id, StringComparer.Ordinal))
        {
            writer.Text(key.Id);
            writer.Byte((byte)key.State);
            writer.Int64(key.CreateTime.UtcTicks);
            writer.Text(key.Description);
            writer.Int64(key.RotationPeriod?.Ticks ?? 0);
            writer.Int64(key.PlannedDeleteTime?.UtcTicks ?? 0);
            writer.Int64(key.CurrentGeneration);
            writer.UInt16(key.Generations.Count);
            foreach ((long number, KeyGeneration generation) in key.Generations.OrderBy(pair => pair.Key))
            {
                writer.Int64(number);
                writer.Int64(generation.CreateTime.UtcTicks);
                writer.Bytes(generation.Key.Span);
            }
        }

        if (writer.Written.Length > KeyRingState.MaxKeysLength)
        {
            throw KeyFailures.RingFull(KeyRingState.MaxKeysLength);
        }

        foreach (RootKeySlot slot in ring.Slots)
        {
            writer.UInt64(slot.Id);
            writer.Int64(slot.CreateTime.UtcTicks);
            writer.Text(slot.Description);
            writer.Bytes(slot.Key.Span);
        }
    }

    /// <summary>
    /// Any bytes: what does not decode, or does not go with the slots of its state, is Tampered, since it was authentic; a newer
    /// version is UnsupportedFormat.
    /// </summary>
    public static RingKeys Decode(UniqueId storeId, ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> ringKey, IReadOnlyList<SealedSlot> sealedSlots, ulong slotInUse)
    {
        var keys = new Dictionary<string, EncryptionKey>(StringComparer.Ordinal);
        var slots = new List<RootKeySlot>();
        RingKeys? unfinished = null;
        try
        {
            var reader = new FieldReader(plaintext);
            byte version = reader.Byte();
            if (version != Version)
            {
                throw KeyFailures.UnsupportedFormat("key ring", version);
            }

            unfinished = new RingKeys(storeId, reader.Count(), new PinnedBytes(ringKey), keys, slots) { SlotInUse = slotInUse };
            string? last = null;
            for (int left = reader.UInt16(); left > 0; left--)
            {
                EncryptionKey key = DecodeKey(ref reader, last);
                keys.Add(key.Id, key);
                last = key.Id;
            }

            foreach (SealedSlot slot in sealedSlots)
            {
                slots.Add(DecodeSlot(ref reader, slot));
            }

            reader.End();
            RingKeys ring = unfinished;
            unfinished = null;
            return ring;
        }
        catch (InvalidDataException)
        {
            throw KeyFailures.Tampered();
        }
        finally
        {
            unfinished?.Dispose();
        }
    }

    private static EncryptionKey DecodeKey(ref FieldReader reader, string? lastId)
    {
        string id = reader.Text();
        FieldReader.RequireAscending(lastId, id);
        var state = (EncryptionKeyState)reader.Byte();
        DateTimeOffset createTime = reader.Time();
        string description = reader.Text();
        TimeSpan? rotationPeriod = DecodePeriod(ref reader);
        DateTimeOffset plannedDeletion = reader.Time();
        bool isScheduled = plannedDeletion != DateTimeOffset.MinValue;
        long current = reader.Count();
        var generations = new Dictionary<long, KeyGeneration>();
        try
        {
            long last = 0;
            for (int left = reader.UInt16(); left > 0; left--)
            {
                long number = reader.Count();
                if (number <= last)
                {
                    throw new InvalidDataException("Generations are out of order.");
                }

                last = number;
                generations.Add(number, new KeyGeneration(reader.Time(), new PinnedBytes(reader.Bytes(CommittingCipher.KeyLength))));
            }

            if (state is not (EncryptionKeyState.Enabled or EncryptionKeyState.Disabled or EncryptionKeyState.PendingDeletion) || isScheduled != (state == EncryptionKeyState.PendingDeletion) || !generations.ContainsKey(current))
            {
                throw new InvalidDataException("A key has no current generation, an unknown state, or a time of deletion that does not go with it.");
            }

            return new EncryptionKey
            {
                Id = id,
                State = state,
                CreateTime = createTime,
                Description = description,
                RotationPeriod = rotationPeriod,
                PlannedDeleteTime = isScheduled ? plannedDeletion : null,
                CurrentGeneration = current,
                Generations = generations,
            };
        }
        catch
        {
            foreach (KeyGeneration generation in generations.Values)
            {
                generation.Dispose();
            }

            throw;
        }
    }

    private static RootKeySlot DecodeSlot(ref FieldReader reader, SealedSlot slot)
    {
        if (reader.UInt64() != slot.Id)
        {
            throw new InvalidDataException("The slots are not those of the state.");
        }

        DateTimeOffset createTime = reader.Time();
        string description = reader.Text();
        return new RootKeySlot(slot.Id, slot.Kind, slot.Wrapped.ToArray(), createTime, description, new PinnedBytes(reader.Bytes(CommittingCipher.KeyLength)));
    }

    private static TimeSpan? DecodePeriod(ref FieldReader reader)
    {
        var period = TimeSpan.FromTicks(reader.Count());
        if (period == TimeSpan.Zero)
        {
            return null;
        }

        return period >= EncryptionKey.MinRotationPeriod && period <= EncryptionKey.MaxRotationPeriod
            ? period
            : throw new InvalidDataException("A rotation period is out of range.");
    }
}
