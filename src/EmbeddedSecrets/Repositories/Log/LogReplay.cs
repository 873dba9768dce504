using System.Buffers.Binary;
using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Errors;

namespace EmbeddedSecrets.Repositories.Log;

/// <summary>Authenticates a log from its first frame to its end, and builds the index (DESIGN F3, F4).</summary>
internal sealed class LogReplay(LogReader reader, FrameSeal seal, LogIndex index, LogState state, RollbackGuard guard)
{
    private readonly string _path = reader.Path;

    /// <summary>For the index of one frame after the other.</summary>
    private byte[] _room = [];

    /// <summary>Gets the offset of the last frame; 0 when there is none.</summary>
    public long LastFrameOffset { get; private set; }

    /// <summary>Gets a value indicating whether the header that the store was opened with was met.</summary>
    public bool MetHeader { get; private set; }

    /// <summary>Gets a value indicating whether the end of a snapshot is missing: all of it was on the disk before its log counted.</summary>
    public bool IsInSnapshot { get; private set; }

    /// <summary>Replays from where the state stands up to the first bytes that are no frame, which <see cref="LogState.End"/> then names.</summary>
    public void Run(RepositoryHeader? given, CancellationToken cancellationToken)
    {
        if (state.FrameSequence == 0)
        {
            LogFileHeader.Check(reader.Read(0, LogFileHeader.Length), _path);
        }

        while (TryReadFrame(out FrameHeader header, out ReadOnlySpan<byte> frame))
        {
            cancellationToken.ThrowIfCancellationRequested();
            Apply(header, frame, given);
            LastFrameOffset = state.End;
            state.End += header.FrameLength;
        }
    }

    /// <summary>Replays from where the state stands up to an end that was published: everything before it is on the disk and whole.</summary>
    /// <exception cref="SecretStoreIntegrityException">What stands before the end is not what was written there.</exception>
    public void RunTo(long end, RepositoryHeader? given, CancellationToken cancellationToken)
    {
        reader.Length = end;
        try
        {
            Run(given, cancellationToken);
        }
        finally
        {
            reader.Rest();
            _room = _room.Length > LogReader.KeptLength ? [] : _room;
        }

        if (state.End != end || IsInSnapshot || state.Header is null)
        {
            throw StoreFailures.Corrupt(_path, state.End);
        }
    }

    /// <summary>False where the checksums are wrong, as a torn write leaves them; right checksums in a wrong place are no accident.</summary>
    private bool TryReadFrame(out FrameHeader header, out ReadOnlySpan<byte> frame)
    {
        frame = default;
        header = default;
        ReadOnlySpan<byte> bytes = reader.Read(state.End, FrameHeader.Size);
        if (!FrameHeader.HasChecksum(bytes))
        {
            return false;
        }

        if (!FrameHeader.TryRead(bytes, out header) || header.Offset != state.End)
        {
            throw StoreFailures.Tampered(_path, state.End);
        }

        frame = reader.Read(state.End, header.CheckedLength);
        return header.FrameLength <= reader.Length - state.End && Checksum.Of(frame[FrameHeader.Size..]) == header.RestChecksum;
    }

    private void Apply(in FrameHeader header, ReadOnlySpan<byte> frame, RepositoryHeader? given)
    {
        bool chained = header.Generation == state.Generation
            && header.Sequence == state.FrameSequence + 1
            && header.PreviousTag == state.LastTag;
        ReadOnlySpan<byte> content = default;
        bool applied = chained && seal.TryOpen(header, frame, ref _room, out content) && header.Kind switch
        {
            FrameKind.Batch => TryApplyBatch(header, frame, content, given),
            FrameKind.Closing => TryApplyClosing(header, content),
            FrameKind.Snapshot => TryApplySnapshot(header, content),
            FrameKind.SnapshotEnd => TryApplySnapshotEnd(header, frame, content, given),
            _ => TryApplyEpoch(header, content),
        };
        if (!applied)
        {
            throw StoreFailures.Tampered(_path, state.End);
        }

        state.FrameSequence = header.Sequence;
        state.LastTag = FrameSeal.Tag(header, frame);
        state.HeadTag = header.Kind is FrameKind.Batch or FrameKind.Epoch ? state.LastTag : state.HeadTag;
        state.Closed = header.Kind == FrameKind.Closing;
        if (!IsInSnapshot)
        {
            guard.Pass(state);
        }
    }

    private bool TryApplyBatch(in FrameHeader header, ReadOnlySpan<byte> frame, ReadOnlySpan<byte> content, RepositoryHeader? given)
    {
        long sequence = state.Sequence;
        if (IsInSnapshot
            || frame[(header.BodyStart + header.BodyLength)..].IndexOfAnyExcept((byte)0) >= 0
            || !BatchReader.TryApply(content, frame.Slice(header.BodyStart, header.BodyLength), header.Offset + header.BodyStart, index, ref sequence)
            || !TryTakeHeader(frame.Slice(FrameHeader.Size, header.HeaderLength), given))
        {
            return false;
        }

        state.Sequence = sequence;
        return true;
    }

    private bool TryApplyClosing(in FrameHeader header, ReadOnlySpan<byte> content)
    {
        long sequence = state.Sequence;
        return state.Header is not null
            && header.HeaderLength + header.BodyLength == 0
            && BatchReader.TryApply(content, [], 0, index, ref sequence)
            && sequence == state.Sequence;
    }

    private bool TryApplySnapshot(in FrameHeader header, ReadOnlySpan<byte> content)
    {
        IsInSnapshot |= state.FrameSequence == 0;
        return IsInSnapshot
            && header.HeaderLength == 0
            && SnapshotReader.TryApply(content, header.BodyLength, header.Offset + header.BodyStart, index);
    }

    private bool TryApplySnapshotEnd(in FrameHeader header, ReadOnlySpan<byte> frame, ReadOnlySpan<byte> content, RepositoryHeader? given)
    {
        if (!(IsInSnapshot || state.FrameSequence == 0)
            || header.BodyLength != 0
            || !SnapshotEnd.TryRead(content, out SnapshotEnd end)
            || end.RecordCount != index.RecordCount
            || end.PayloadCount != index.PayloadCount
            || !TryTakeHeader(frame.Slice(FrameHeader.Size, header.HeaderLength), given))
        {
            return false;
        }

        IsInSnapshot = false;
        state.Sequence = end.Sequence;
        state.Epoch = end.Epoch;
        state.HeadTag = end.HeadTag;
        state.FirstSequence = end.Sequence;
        state.FirstBatch = header.Offset + header.FrameLength;
        return true;
    }

    private bool TryApplyEpoch(in FrameHeader header, ReadOnlySpan<byte> content)
    {
        if (state.Header is null || header.HeaderLength + header.BodyLength != 0 || content.Length != sizeof(long))
        {
            return false;
        }

        long before = state.Epoch;
        state.Epoch = BinaryPrimitives.ReadInt64LittleEndian(content);
        return state.Epoch > before;
    }

    private bool TryTakeHeader(ReadOnlySpan<byte> part, RepositoryHeader? given)
    {
        if (part.IsEmpty)
        {
            return state.Header is not null;
        }

        if (HeaderPart.TryRead(part) is not { } header
            || header.StoreId != seal.StoreId
            || (state.Header is { } before && header.Revision != before.Revision + 1))
        {
            return false;
        }

        if (state.Header is not null)
        {
            index.DropHeader();
        }

        state.Header = header;
        MetHeader |= given is not null && header.Revision == given.Revision && header.Content.Span.SequenceEqual(given.Content.Span);
        return true;
    }
}
