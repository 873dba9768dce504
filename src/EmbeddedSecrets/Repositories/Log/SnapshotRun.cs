using System.Buffers.Binary;

namespace EmbeddedSecrets.Repositories.Log;

/// <summary>
/// The records, or the payloads, of a snapshot that stand in ascending order of their keys, kept as the chunks have them and
/// searched where they lie: nothing is made of an entry, and a store opens as fast as its index is read and verified. Filled
/// before readers see it, and never changed then.
/// </summary>
/// <param name="kind">The kind of its entries, one of those with a place.</param>
internal sealed class SnapshotRun(byte kind)
{
    /// <summary>Behind the key of a record.</summary>
    private const int StampLength = UniqueId.Length + sizeof(long);

    /// <summary>At the end of every entry.</summary>
    private const int PlaceLength = (2 * sizeof(int)) + UniqueId.Length;

    private readonly List<Chunk> _chunks = [];

    public int Count { get; private set; }

    /// <summary>Takes all entries of a chunk over.</summary>
    /// <param name="index">The index of the chunk, authenticated.</param>
    /// <param name="bodyLength">The length of its body.</param>
    /// <param name="bodyOffset">Where the body begins in the log.</param>
    /// <param name="liveBytes">About how many bytes of a log the entries and what they name take.</param>
    /// <returns>False, and nothing is taken, where the entries are not all of this kind, in order, behind those that are here, and as the rules want them.</returns>
    public bool TryAdd(ReadOnlySpan<byte> index, int bodyLength, long bodyOffset, out long liveBytes)
    {
        liveBytes = index.Length;
        Span<ushort> starts = stackalloc ushort[(ushort.MaxValue / PlaceLength) + 1];
        ReadOnlySpan<byte> last = _chunks.Count == 0 ? default : _chunks[^1].KeyOf(_chunks[^1].Count - 1);
        var fields = new IndexFields(index);
        int count = 0;
        while (!fields.IsAtEnd)
        {
            int start = fields.Position;
            if (start > ushort.MaxValue || fields.TakeByte() != kind)
            {
                return false;
            }

            ReadOnlySpan<byte> key = kind == SnapshotWriter.RecordKind ? fields.TakeName() : fields.Take(UniqueId.Length);
            if (kind == SnapshotWriter.RecordKind)
            {
                _ = fields.TakeStamp();
            }

            liveBytes += fields.TakePlace(bodyLength, kind == SnapshotWriter.RecordKind ? CommitRules.MaxRecordBytes : CommitRules.MaxPayloadBytes).Length;
            if (fields.HasFailed || key.SequenceCompareTo(last) <= 0)
            {
                return false;
            }

            starts[count++] = (ushort)start;
            last = key;
        }

        _chunks.Add(new Chunk(kind, index.ToArray(), starts[..count].ToArray(), bodyOffset));
        Count += count;
        return true;
    }

    /// <summary>Finds a key: in the last chunk that does not begin behind it.</summary>
    public bool TryGet(ReadOnlySpan<byte> key, Span<byte> value)
    {
        int low = 0;
        int high = _chunks.Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            bool isBehind = _chunks[middle].KeyOf(0).SequenceCompareTo(key) > 0;
            (low, high) = isBehind ? (low, middle) : (middle + 1, high);
        }

        return low > 0 && _chunks[low - 1].TryGet(key, value);
    }

    public Cursor GetCursor() => new(_chunks);

    /// <summary>Goes through the entries in their order.</summary>
    internal struct Cursor
    {
        private readonly List<Chunk> _chunks;
        private int _chunk;
        private int _entry;

        internal Cursor(List<Chunk> chunks)
        {
            _chunks = chunks;
        }

        public readonly bool IsAtEnd => _chunk == _chunks.Count;

        public readonly ReadOnlySpan<byte> Key => _chunks[_chunk].KeyOf(_entry);

        public readonly void CopyValueTo(Span<byte> value) => _chunks[_chunk].CopyValueTo(_entry, value);

        public void MoveNext()
        {
            _entry++;
            if (_entry == _chunks[_chunk].Count)
            {
                _entry = 0;
                _chunk++;
            }
        }
    }

    /// <summary>The index of a chunk, drawn in <see cref="SnapshotWriter"/>, and where its entries start.</summary>
    internal sealed class Chunk(byte kind, byte[] index, ushort[] starts, long bodyOffset)
    {
        public int Count => starts.Length;

        public ReadOnlySpan<byte> KeyOf(int entry)
        {
            int start = starts[entry];
            return kind == SnapshotWriter.RecordKind ? index.AsSpan(start + 2, index[start + 1]) : index.AsSpan(start + 1, UniqueId.Length);
        }

        public bool TryGet(ReadOnlySpan<byte> key, Span<byte> value)
        {
            int low = 0;
            int high = starts.Length;
            while (low < high)
            {
                int middle = (low + high) >>> 1;
                int order = KeyOf(middle).SequenceCompareTo(key);
                if (order == 0)
                {
                    CopyValueTo(middle, value);
                    return true;
                }

                (low, high) = order > 0 ? (low, middle) : (middle + 1, high);
            }

            return false;
        }

        /// <summary>A <see cref="RecordLocation"/> or a <see cref="PayloadLocation"/>, as bytes.</summary>
        public void CopyValueTo(int entry, Span<byte> value)
        {
            int place = (entry + 1 < starts.Length ? starts[entry + 1] : index.Length) - PlaceLength;
            int stampLength = kind == SnapshotWriter.RecordKind ? StampLength : 0;
            index.AsSpan(place - stampLength, stampLength).CopyTo(value);
            ReadOnlySpan<byte> fields = index.AsSpan(place, PlaceLength);
            var location = new PayloadLocation(
                bodyOffset + BinaryPrimitives.ReadInt32LittleEndian(fields),
                BinaryPrimitives.ReadInt32LittleEndian(fields[sizeof(int)..]));
            location.Write(value[stampLength..]);
        }
    }
}
