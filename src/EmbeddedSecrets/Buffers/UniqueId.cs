using System.Buffers.Binary;
using EmbeddedSecrets.Buffers;

namespace EmbeddedSecrets;

/// <summary>
/// 16 bytes that name one thing and nothing else, ever: a store, an incarnation of a secret, a payload, a state of the store.
/// They are drawn at random, or are the tag of what they name.
/// </summary>
/// <remarks>
/// A type of our own, and not <see cref="UInt128"/>: code that has to do with that one cannot be compiled ahead of time, so
/// that opening a store would wait for the compiler.
/// </remarks>
public readonly struct UniqueId : IEquatable<UniqueId>
{
    /// <summary>The length in bytes: 16.</summary>
    public const int Length = 16;

    private readonly ulong _upper;
    private readonly ulong _lower;

    /// <summary>Makes an id of its bytes.</summary>
    /// <param name="bytes">16 bytes, as <see cref="CopyTo"/> wrote them.</param>
    /// <exception cref="ArgumentException"><paramref name="bytes"/> is not 16 bytes long.</exception>
    public UniqueId(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Length)
        {
            throw new ArgumentException($"An id has {Length} bytes.", nameof(bytes));
        }

        this = Read(bytes);
    }

    internal UniqueId(ulong upper, ulong lower)
    {
        _upper = upper;
        _lower = lower;
    }

    /// <summary>Gets a value indicating whether this is the default, which names nothing.</summary>
    public bool IsNone => (_upper | _lower) == 0;

    internal ulong Upper => _upper;

    internal ulong Lower => _lower;

    /// <summary>Whether both name the same.</summary>
    /// <param name="left">One id.</param>
    /// <param name="right">The other.</param>
    public static bool operator ==(UniqueId left, UniqueId right) => left._upper == right._upper && left._lower == right._lower;

    /// <summary>Whether the two name different things.</summary>
    /// <param name="left">One id.</param>
    /// <param name="right">The other.</param>
    public static bool operator !=(UniqueId left, UniqueId right) => !(left == right);

    /// <summary>Writes the 16 bytes.</summary>
    /// <param name="destination">At least 16 bytes.</param>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is too short.</exception>
    public void CopyTo(Span<byte> destination)
    {
        if (destination.Length < Length)
        {
            throw new ArgumentException($"An id has {Length} bytes.", nameof(destination));
        }

        BinaryPrimitives.WriteUInt64LittleEndian(destination, _lower);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[8..], _upper);
    }

    /// <inheritdoc/>
    public bool Equals(UniqueId other) => this == other;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is UniqueId other && this == other;

    /// <inheritdoc/>
    public override int GetHashCode() => (_upper ^ _lower).GetHashCode();

    /// <summary>32 hexadecimal digits in lower case.</summary>
    /// <returns>The digits.</returns>
    public override string ToString()
    {
        Span<char> text = stackalloc char[2 * HexNumber.Digits];
        HexNumber.Write(_upper, text);
        HexNumber.Write(_lower, text[HexNumber.Digits..]);
        return new string(text);
    }

    /// <summary>The first 16 of the bytes, which are at least so many.</summary>
    internal static UniqueId Read(ReadOnlySpan<byte> bytes) =>
        Read(bytes, 0);

    /// <summary>The 16 bytes from a position on.</summary>
    internal static UniqueId Read(ReadOnlySpan<byte> bytes, int position) =>
        new(LittleEndian.ReadUInt64(bytes, position + sizeof(ulong)), LittleEndian.ReadUInt64(bytes, position));

    /// <summary>32 hexadecimal digits, in either case.</summary>
    internal static bool TryParse(ReadOnlySpan<char> text, out UniqueId id)
    {
        id = default;
        if (text.Length != 2 * HexNumber.Digits
            || !HexNumber.TryParse(text[..HexNumber.Digits], out ulong upper)
            || !HexNumber.TryParse(text[HexNumber.Digits..], out ulong lower))
        {
            return false;
        }

        id = new UniqueId(upper, lower);
        return true;
    }
}
