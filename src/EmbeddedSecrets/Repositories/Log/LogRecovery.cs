using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Errors;
using EmbeddedSecrets.Files;

namespace EmbeddedSecrets.Repositories.Log;

/// <summary>
/// Opens a log: replays it, decides what stands behind the last good frame, and makes the end fit to be written behind
/// (DESIGN F4). It may be killed at any point; run again it comes to the same end.
/// </summary>
internal sealed class LogRecovery(IStoreFile file, FrameSeal seal, LogState state, RollbackGuard guard, bool strict)
{
    /// <summary>So many bytes of supposed frames are examined for each byte of the file, before the search gives up and refuses.</summary>
    private const int SearchFactor = 8;

    /// <summary>Behind the last frame there is never more than one frame that was not finished, and room made ahead.</summary>
    private const long MaxTail = FrameHeader.MaxFrameLength + (4L << 20);

    private readonly LogReader _reader = new(file);

    /// <summary>Gets the epoch that must be begun before anything is written, because a rollback was accepted; null for none.</summary>
    public long? NewEpoch { get; private set; }

    public RecoveryReport Run(RepositoryHeader given, LogIndex index, bool readOnly, CancellationToken cancellationToken)
    {
        var replay = new LogReplay(_reader, seal, index, state, guard);
        replay.Run(given, cancellationToken);
        if (replay.IsInSnapshot)
        {
            throw StoreFailures.Corrupt(file.Path, state.End);
        }

        if (_reader.Length - state.End > MaxTail)
        {
            throw StoreFailures.Corrupt(file.Path, state.End);
        }

        long endOfData = _reader.EndOfData(state.End);
        if (endOfData > state.End)
        {
            RefuseDamage(cancellationToken);
        }

        if (state.Header is null)
        {
            throw StoreFailures.Corrupt(file.Path, LogFileHeader.Length);
        }

        if (!replay.MetHeader)
        {
            throw StoreFailures.HeaderNotAuthentic(file.Path);
        }

        if (strict && endOfData > state.End)
        {
            throw StoreFailures.DroppedRefused(file.Path, state.End, endOfData - state.End);
        }

        NewEpoch = guard.Decide(seal.StoreId, state);
        if (!readOnly)
        {
            Repair(replay.LastFrameOffset, endOfData);
        }

        return new RecoveryReport
        {
            Sequence = state.Sequence,
            RecordCount = index.RecordCount,
            WasClosed = state.Closed && endOfData == state.End,
            DroppedOffset = endOfData > state.End ? state.End : null,
            DroppedBytes = endOfData - state.End,
        };
    }

    /// <summary>Damage that an authentic frame follows stood in front of acknowledged bytes once.</summary>
    private void RefuseDamage(CancellationToken cancellationToken)
    {
        long damage = state.End;
        long budget = SearchFactor * _reader.Length;
        for (long offset = damage + 8; offset + FrameHeader.Size <= _reader.Length; offset += 8)
        {
            if (!_reader.TryReadHeader(offset, out FrameHeader header))
            {
                continue;
            }

            cancellationToken.ThrowIfCancellationRequested();
            budget -= header.FrameLength;
            bool proof = header.FlushedTo > damage || header.Kind == FrameKind.Closing;
            if (budget < 0 || (proof && header.Generation == state.Generation && IsAuthentic(header)))
            {
                throw StoreFailures.Corrupt(file.Path, damage);
            }
        }
    }

    private bool IsAuthentic(in FrameHeader header)
    {
        ReadOnlySpan<byte> frame = _reader.Read(header.Offset, header.CheckedLength);
        return Checksum.Of(frame[FrameHeader.Size..]) == header.RestChecksum && seal.TryOpen(header, frame) is not null;
    }

    /// <summary>
    /// The last frame, a closing one too, may be in the cache only, after a flush that failed: it is written again. What follows
    /// it becomes zeros. Both are flushed before anything follows.
    /// </summary>
    private void Repair(long lastFrame, long endOfData)
    {
        try
        {
            file.Write(_reader.Read(lastFrame, checked((int)(state.End - lastFrame))), lastFrame);
            Zeros.Write(file, state.End, endOfData);
            file.FlushData();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw StoreFailures.WriteFailed(file.Path, exception);
        }
    }
}
