using EmbeddedSecrets.Errors;

namespace EmbeddedSecrets.Repositories.Log;

/// <summary>Authenticates a log from its first frame to its end, and builds the index (DESIGN F3, F4).</summary>
internal sealed class LogReplay(LogReader reader, FrameSeal seal, LogIndex index, LogState state)
{
    private readonly string _path = reader.Path;

    /// <summary>Gets the offset of the last frame; 0 when there is none.</summary>
    public long LastFrameOffset { get; private set; }

    /// <summary>Gets a value indicating whether the header that the store was opened with was met.</summary>
    public bool MetHeader { get; private set; }

    /// <summary>Replays up to the first bytes that are no frame, which <see cref="LogState.End"/> then names.</summary>
    public void Run(RepositoryHeader given, CancellationToken cancellationToken)
    {
        LogFileHeader.Check(reader.Read(0, LogFileHeader.Length), _path);
        while (TryReadFrame(out FrameHeader header, out ReadOnlySpan<byte> frame))
        {
            cancellationToken.ThrowIfCancellationRequested();
            Apply(header, frame, given);
            LastFrameOffset = state.End;
            state.End += header.FrameLength;
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

        frame = reader.Read(state.End, header.FrameLength);
        return frame.Length == header.FrameLength && Checksum.Of(frame[FrameHeader.Size..]) == header.RestChecksum;
    }

    private void Apply(in FrameHeader header, ReadOnlySpan<byte> frame, RepositoryHeader given)
    {
        bool chained = header.Generation == state.Generation
            && header.Sequence == state.FrameSequence + 1
            && header.PreviousTag == state.LastTag
            && (header.Kind == FrameKind.Batch || header.HeaderLength + header.BodyLength == 0)
            && frame[(header.BodyStart + header.BodyLength)..].IndexOfAnyExcept((byte)0) < 0;
        byte[]? batch = chained ? seal.TryOpen(header, frame) : null;
        long sequence = state.Sequence;
        if (batch is null
            || !BatchReader.TryApply(batch, frame.Slice(header.BodyStart, header.BodyLength), header.Offset + header.BodyStart, index, ref sequence)
            || (header.Kind == FrameKind.Closing && sequence != state.Sequence)
            || !TryTakeHeader(frame.Slice(FrameHeader.Size, header.HeaderLength), given))
        {
            throw StoreFailures.Tampered(_path, state.End);
        }

        state.Sequence = sequence;
        state.FrameSequence = header.Sequence;
        state.LastTag = FrameSeal.Tag(header, frame);
        state.Closed = header.Kind == FrameKind.Closing;
    }

    private bool TryTakeHeader(ReadOnlySpan<byte> part, RepositoryHeader given)
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

        state.Header = header;
        MetHeader |= header.Revision == given.Revision && header.Content.Span.SequenceEqual(given.Content.Span);
        return true;
    }
}
