namespace EmbeddedSecrets.Collections;

/// <summary>
/// Keys and values one after another in pieces of 16 KiB, none of which is a large object. An entry is named by its place, is
/// never 0, and never changes. For one writer at a time; who was given a place reads what is there.
/// </summary>
/// <param name="valueLength">The length of every value, in bytes.</param>
internal sealed class PackedEntries(int valueLength)
{
    private const int PieceBits = 14;
    private const int PieceLength = 1 << PieceBits;

    private byte[]?[] _pieces = new byte[4][];
    private uint _end = 1;

    /// <summary>Adds an entry: length of the key 1, key, value.</summary>
    /// <exception cref="InvalidOperationException">There is no place left: all entries together have 4 GiB.</exception>
    public uint Append(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        int length = 1 + key.Length + valueLength;
        uint entry = _end;
        if ((entry & (PieceLength - 1)) + length > PieceLength)
        {
            entry = (entry | (PieceLength - 1)) + 1;
        }

        if (entry > uint.MaxValue - (2 * PieceLength) || entry < _end)
        {
            throw new InvalidOperationException("The index of a store has at most 4 GiB.");
        }

        Span<byte> bytes = PieceOf(entry).AsSpan((int)(entry & (PieceLength - 1)), length);
        bytes[0] = (byte)key.Length;
        key.CopyTo(bytes[1..]);
        value.CopyTo(bytes[(1 + key.Length)..]);
        _end = entry + (uint)length;
        return entry;
    }

    public ReadOnlySpan<byte> KeyOf(uint entry)
    {
        ReadOnlySpan<byte> bytes = From(entry);
        return bytes.Slice(1, bytes[0]);
    }

    public ReadOnlySpan<byte> ValueOf(uint entry)
    {
        ReadOnlySpan<byte> bytes = From(entry);
        return bytes.Slice(1 + bytes[0], valueLength);
    }

    private ReadOnlySpan<byte> From(uint entry) => Volatile.Read(ref _pieces)[entry >> PieceBits].AsSpan((int)(entry & (PieceLength - 1)));

    private byte[] PieceOf(uint entry)
    {
        int piece = (int)(entry >> PieceBits);
        if (piece == _pieces.Length)
        {
            byte[]?[] more = new byte[2 * piece][];
            Array.Copy(_pieces, more, piece);
            Volatile.Write(ref _pieces, more);
        }

        return _pieces[piece] ??= new byte[PieceLength];
    }
}
