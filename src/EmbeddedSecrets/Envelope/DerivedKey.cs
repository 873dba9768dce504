using EmbeddedSecrets.Buffers;

namespace EmbeddedSecrets.Envelope;

/// <summary>A key derived from a long-lived one by a salt.</summary>
internal sealed class DerivedKey : SharedKey
{
    private const int InstanceCount = 4;

    /// <summary>Takes over the key; the maker is the first holder.</summary>
    public DerivedKey(Salt salt, PinnedBytes key)
        : base(key, InstanceCount)
    {
        Salt = salt;
    }

    public Salt Salt { get; }
}

/// <summary>32 bytes that name a derived key.</summary>
internal readonly record struct Salt(UniqueId High, UniqueId Low)
{
    public const int Length = 32;

    public static Salt Read(ReadOnlySpan<byte> bytes) => new(UniqueId.Read(bytes), UniqueId.Read(bytes[UniqueId.Length..]));

    public void Write(Span<byte> destination)
    {
        High.CopyTo(destination);
        Low.CopyTo(destination[UniqueId.Length..]);
    }

    public bool Equals(Salt other) => High == other.High && Low == other.Low;

    public override int GetHashCode() => High.GetHashCode() ^ Low.GetHashCode();
}
