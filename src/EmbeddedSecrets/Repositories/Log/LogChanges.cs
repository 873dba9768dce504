using System.Text;
using EmbeddedSecrets.Errors;
using EmbeddedSecrets.Files;

namespace EmbeddedSecrets.Repositories.Log;

/// <summary>
/// Tells the changes of a log one by one, from the batches themselves. Where one reader stopped, the next one begins, so that
/// whoever keeps up reads each batch once more and no other.
/// </summary>
internal sealed class LogChanges(FrameSeal seal)
{
    /// <summary>One answer ends with the batch that passes this number of bytes.</summary>
    private const long EnoughBytes = 1 << 20;

    private volatile Place? _known;

    /// <summary>Reads on after a sequence. The log has been replayed up to <paramref name="end"/>.</summary>
    /// <param name="view">The log.</param>
    /// <param name="state">Where its batches begin.</param>
    /// <param name="end">Where the batches that may be read end.</param>
    /// <param name="through">The change sequence at that end.</param>
    /// <param name="after">The sequence.</param>
    /// <returns>The changes; a gap when the log does not have them.</returns>
    public RepositoryChanges Read(LogView view, LogState state, long end, long through, long after)
    {
        if (after < state.FirstSequence || after > through)
        {
            return new RepositoryChanges([], through, HasGap: true);
        }

        Place place = _known is { } known && known.File == view.File && known.Sequence <= after
            ? known
            : new Place(view.File, state.FirstBatch, state.FirstSequence);
        var reader = new LogReader(view.File, end);
        var collector = new Collector(view.File, after);
        long sequence = place.Sequence;
        long offset = place.Offset;
        while (offset < end && collector.Bytes < EnoughBytes)
        {
            if (!reader.TryReadHeader(offset, out FrameHeader header))
            {
                throw StoreFailures.Corrupt(view.File.Path, offset);
            }

            if (header.Kind == FrameKind.Batch)
            {
                ReadOnlySpan<byte> frame = reader.Read(offset, header.CheckedLength);
                if (seal.TryOpen(header, frame) is not { } content
                    || !BatchReader.TryApply(content, frame.Slice(header.BodyStart, header.BodyLength), header.Offset + header.BodyStart, collector, ref sequence))
                {
                    throw StoreFailures.Tampered(view.File.Path, offset);
                }
            }

            offset += header.FrameLength;
        }

        if (sequence >= after)
        {
            _known = new Place(view.File, offset, sequence);
        }

        return new RepositoryChanges(collector.Changes, sequence, HasGap: false);
    }

    private sealed record Place(IStoreFile File, long Offset, long Sequence);

    private sealed class Collector(IStoreFile file, long after) : ILogTarget
    {
        private readonly List<(string Name, RepositoryRecord? Record)> _commit = [];

        public List<CommittedChange> Changes { get; } = [];

        public long Bytes { get; private set; }

        public void Put(ReadOnlySpan<byte> name, in RecordLocation location)
        {
            string text = Encoding.ASCII.GetString(name);
            byte[] record = new byte[location.Length];
            if (file.Read(record, location.Offset) != record.Length)
            {
                throw StoreFailures.Corrupt(file.Path, location.Offset);
            }

            _commit.Add((text, new RepositoryRecord(text, location.Stamp, record)));
        }

        public void Remove(ReadOnlySpan<byte> name) => _commit.Add((Encoding.ASCII.GetString(name), null));

        public void AddPayload(UniqueId id, in PayloadLocation location)
        {
        }

        public void DropPayload(UniqueId id)
        {
        }

        public void EndCommit(long sequence)
        {
            if (sequence > after)
            {
                Changes.AddRange(_commit.Select(change => new CommittedChange(sequence, change.Name, change.Record)));
                Bytes += _commit.Sum(static change => 100L + (change.Record?.Sealed.Length ?? 0));
            }

            _commit.Clear();
        }
    }
}
