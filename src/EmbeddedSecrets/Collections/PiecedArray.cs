namespace EmbeddedSecrets.Collections;

/// <summary>
/// A long array in pieces, none of them so long that it is a large object: those are counted apart, and a few megabytes of
/// them start a full collection. The pieces are made one by one. For one writer at a time; what it wrote is seen by readers who
/// got the array, or an index, later.
/// </summary>
internal sealed class PiecedArray<T>
    where T : struct
{
    private const int PieceBits = 10;
    private const int PieceLength = 1 << PieceBits;

    private readonly T[]?[] _pieces;
    private readonly int _pieceLength;

    /// <summary>Makes an array, without its pieces, of a length that is a power of two.</summary>
    public PiecedArray(int length)
    {
        _pieceLength = Math.Min(length, PieceLength);
        _pieces = new T[length / _pieceLength][];
    }

    /// <summary>An element whose piece is made.</summary>
    public ref T this[int index] => ref _pieces[index >> PieceBits]![index & (PieceLength - 1)];

    public void Make(int index) => _pieces[index >> PieceBits] ??= new T[_pieceLength];

    public void MakeAll()
    {
        for (int i = 0; i < _pieces.Length; i++)
        {
            _pieces[i] ??= new T[_pieceLength];
        }
    }

    /// <summary>The elements of a shorter array become those of this one. Pieces that are long enough are shared from now on.</summary>
    public void TakeOver(PiecedArray<T> shorter)
    {
        for (int i = 0; i < shorter._pieces.Length; i++)
        {
            T[]? piece = shorter._pieces[i];
            if (piece is not null && piece.Length < _pieceLength)
            {
                var longer = new T[_pieceLength];
                Array.Copy(piece, longer, piece.Length);
                piece = longer;
            }

            _pieces[i] = piece;
        }
    }
}
