using System.Buffers.Binary;

namespace EmbeddedSecrets.Repositories.Log;

/// <summary>Reads the fields of an index that was authenticated, and believes none of them: after the first that does not fit, everything fails.</summary>
internal ref struct IndexFields(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public bool HasFailed { get; private set; }

    public readonly int RestLength => _rest.Length;

    public readonly bool IsAtEnd => _rest.IsEmpty;

    public void Fail() => HasFailed = true;

    public int TakeByte() => Take(1) is { IsEmpty: false } bytes ? bytes[0] : 0;

    public int TakeInt16() => Take(2) is { IsEmpty: false } bytes ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : 0;

    public int TakeInt32() => Take(4) is { IsEmpty: false } bytes ? BinaryPrimitives.ReadInt32LittleEndian(bytes) : 0;

    public long TakeInt64() => Take(8) is { IsEmpty: false } bytes ? BinaryPrimitives.ReadInt64LittleEndian(bytes) : 0;

    public UniqueId TakeId() => Take(16) is { IsEmpty: false } bytes ? UniqueId.Read(bytes) : default;

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
        ReadOnlySpan<byte> bytes = Take(UniqueId.Length + sizeof(long));
        if (bytes.IsEmpty)
        {
            return default;
        }

        var stamp = new RecordStamp(UniqueId.Read(bytes), BinaryPrimitives.ReadInt64LittleEndian(bytes[UniqueId.Length..]));
        HasFailed |= stamp.Incarnation.IsNone || stamp.Revision < 1;
        return stamp;
    }

    /// <summary>The place of a sealed message in a body, and its tag.</summary>
    public SealedPlace TakePlace(int bodyLength, int maxLength)
    {
        ReadOnlySpan<byte> bytes = Take((2 * sizeof(int)) + UniqueId.Length);
        if (bytes.IsEmpty)
        {
            return default;
        }

        var place = new SealedPlace(
            BinaryPrimitives.ReadInt32LittleEndian(bytes),
            BinaryPrimitives.ReadInt32LittleEndian(bytes[sizeof(int)..]),
            UniqueId.Read(bytes[(2 * sizeof(int))..]));
        HasFailed |= place.Offset < 0 || place.Length < BatchWriter.TagLength || place.Length > maxLength || place.Offset > bodyLength - place.Length;
        return HasFailed ? default : place;
    }

    public ReadOnlySpan<byte> Take(int count)
    {
        if (HasFailed || count > _rest.Length)
        {
            HasFailed = true;
            return default;
        }

        ReadOnlySpan<byte> taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }
}

/// <summary>Where a sealed message stands in the body of its frame, and the tag that ends it.</summary>
internal readonly record struct SealedPlace(int Offset, int Length, UniqueId Tag);
