using EmbeddedSecrets.Collections;

namespace EmbeddedSecrets.Repositories.Log;

/// <summary>
/// Where the log holds the records, or the payloads, by their keys: what a snapshot brought in order, and before it the changes
/// since. A value is a location as bytes, the last four of which are its length. For one writer at a time; readers take no lock.
/// </summary>
/// <param name="kind">The kind of its entries in a snapshot.</param>
/// <param name="valueLength">The length of a location.</param>
internal sealed class IndexTable(byte kind, int valueLength)
{
    private readonly SnapshotRun _run = new(kind);

    /// <summary>A value whose length is 0 says that the entry of the run is there no more.</summary>
    private readonly PackedTable _changes = new(valueLength);
    private int _count;

    public int Count => Volatile.Read(ref _count);

    /// <summary>Takes a chunk of a snapshot over, before readers see the table. False where it is not the next one in order.</summary>
    public bool TryAdd(ReadOnlySpan<byte> chunkIndex, int bodyLength, long bodyOffset, out long liveBytes)
    {
        liveBytes = 0;
        if (_changes.Count != 0 || !_run.TryAdd(chunkIndex, bodyLength, bodyOffset, out liveBytes))
        {
            return false;
        }

        _count = _run.Count;
        return true;
    }

    public bool TryGet(ReadOnlySpan<byte> key, Span<byte> value) =>
        _changes.TryGet(key, value) ? !IsRemoved(value) : _run.TryGet(key, value);

    /// <summary>Adds or replaces.</summary>
    /// <returns>Whether there was a value, which is in <paramref name="before"/>.</returns>
    public bool Set(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, Span<byte> before)
    {
        bool wasThere = _changes.Set(key, value, before) ? !IsRemoved(before) : _run.TryGet(key, before);
        Volatile.Write(ref _count, _count + (wasThere ? 0 : 1));
        return wasThere;
    }

    /// <summary>Removes.</summary>
    /// <returns>Whether there was a value, which is in <paramref name="before"/>.</returns>
    public bool Remove(ReadOnlySpan<byte> key, Span<byte> before)
    {
        if (!TryGet(key, before))
        {
            return false;
        }

        Span<byte> removed = stackalloc byte[valueLength];
        if (_run.TryGet(key, removed))
        {
            removed.Clear();
            _changes.Set(key, removed, stackalloc byte[valueLength]);
        }
        else
        {
            _changes.Remove(key);
        }

        Volatile.Write(ref _count, _count - 1);
        return true;
    }

    /// <summary>The entries in ascending order. What stays meanwhile is met once; what is replaced is met with its value of before or after, what comes or goes may be met or not.</summary>
    public Enumerator GetEnumerator() => new(_run.GetCursor(), _changes.InOrder());

    private static bool IsRemoved(ReadOnlySpan<byte> value) => value[^sizeof(int)..].IndexOfAnyExcept((byte)0) < 0;

    /// <summary>One entry after the other.</summary>
    internal struct Enumerator
    {
        private readonly PackedTable.Ordered _changes;
        private SnapshotRun.Cursor _run;
        private int _next;
        private Source _source;

        internal Enumerator(SnapshotRun.Cursor run, PackedTable.Ordered changes)
        {
            _run = run;
            _changes = changes;
        }

        private enum Source
        {
            None,
            Run,
            Change,
        }

        public readonly ReadOnlySpan<byte> Key => _source == Source.Run ? _run.Key : _changes.KeyOf(_next - 1);

        public readonly void CopyValueTo(Span<byte> value)
        {
            if (_source == Source.Run)
            {
                _run.CopyValueTo(value);
            }
            else
            {
                _changes.ValueOf(_next - 1).CopyTo(value);
            }
        }

        public bool MoveNext()
        {
            if (_source == Source.Run)
            {
                _run.MoveNext();
            }

            while (_next < _changes.Count)
            {
                int order = _run.IsAtEnd ? -1 : _changes.KeyOf(_next).SequenceCompareTo(_run.Key);
                if (order > 0)
                {
                    break;
                }

                if (order == 0)
                {
                    _run.MoveNext();
                }

                _next++;
                _source = Source.Change;
                if (!IsRemoved(_changes.ValueOf(_next - 1)))
                {
                    return true;
                }
            }

            _source = _run.IsAtEnd ? Source.None : Source.Run;
            return _source == Source.Run;
        }
    }
}
