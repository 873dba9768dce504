using EmbeddedSecrets.Buffers;

namespace EmbeddedSecrets.Repositories.Log;

/// <summary>Reads the fields of an index that was authenticated, and believes none of them: after the first that does not fit, everything fails.</summary>
internal ref struct IndexFields(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public int Position { get; private set; }

    public bool HasFailed { get; private set; }

    public readonly bool IsAtEnd => Position == _bytes.Length;

    public void Fail() => HasFailed = true;

    public int TakeByte() => TryPass(1, out int position) ? _bytes[position] : 0;

    public int TakeInt16() => TryPass(sizeof(short), out int position) ? _bytes[position] | (_bytes[position + 1] << 8) : 0;

    public int TakeInt32() => TryPass(sizeof(int), out int position) ? LittleEndian.ReadInt32(_bytes, position) : 0;

    public long TakeInt64() => TryPass(sizeof(long), out int position) ? unchecked((long)LittleEndian.ReadUInt64(_bytes, position)) : 0;

    public UniqueId TakeId() => TryPass(UniqueId.Length, out int position) ? UniqueId.Read(_bytes, position) : default;

    /// <summary>A name that keeps the rules of names; nothing after a failure.</summary>
    public ReadOnlySpan<byte> TakeName()
    {
        ReadOnlySpan<byte> name = Take(TakeByte());
        HasFailed |= !CommitRules.IsName(name);
        return HasFailed ? default : name;
    }

    /// <summary>The stamp of a record that exists.</summary>
    public RecordStamp TakeStamp()
    {
        var stamp = new RecordStamp(TakeId(), TakeInt64());
        HasFailed |= stamp.Incarnation.IsNone || stamp.Revision < 1;
        return stamp;
    }

    /// <summary>The place of a sealed message in a body, and its tag.</summary>
    public SealedPlace TakePlace(int bodyLength, int maxLength)
    {
        var place = new SealedPlace(TakeInt32(), TakeInt32(), TakeId());
        HasFailed |= place.Offset < 0 || place.Length < BatchWriter.TagLength || place.Length > maxLength || place.Offset > bodyLength - place.Length;
        return HasFailed ? default : place;
    }

    public ReadOnlySpan<byte> Take(int count) => TryPass(count, out int position) ? _bytes.Slice(position, count) : default;

    private bool TryPass(int count, out int position)
    {
        position = Position;
        if (HasFailed || count > _bytes.Length - position)
        {
            HasFailed = true;
            return false;
        }

        Position = position + count;
        return true;
    }
}

/// <summary>Where a sealed message stands in the body of its frame, and the tag that ends it.</summary>
internal readonly record struct SealedPlace(int Offset, int Length, UniqueId Tag);
