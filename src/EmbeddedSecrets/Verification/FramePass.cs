using System.Buffers.Binary;
using EmbeddedSecrets.Repositories.Log;

namespace EmbeddedSecrets.Verification;

/// <summary>
/// Authenticates every frame that can be found, and builds the index of what they say. A replay ends at the first fault; this
/// goes on. Without a key it verifies the order only.
/// </summary>
internal sealed class FramePass(LogReader reader, FrameSeal? seal, LogIndex index, Findings findings, long generation, RepositoryHeader? given)
{
    private long _frameSequence;
    private UniqueId _lastTag;
    private long _sequence;
    private long _epoch;
    private long _headerRevision;
    private bool _isInSnapshot;
    private bool _metHeader;

    /// <summary>Frames are missing, so that what follows cannot be asked to continue what was before.</summary>
    private bool _isBroken;

    public void Run(CancellationToken cancellationToken)
    {
        var walk = new FrameWalk(reader);
        while (walk.TryNext(out FrameHeader header, out ReadOnlySpan<byte> frame, cancellationToken))
        {
            _isBroken |= walk.GapStart is not null;
            Take(header, frame);
            findings.Pass(header.FrameLength);
        }

        if (_isInSnapshot && seal is not null)
        {
            findings.Add(new VerificationFault(VerificationFaultKind.Frame, "The end of the snapshot is missing.") { Offset = walk.Offset });
        }

        if (seal is not null && given is not null && !_metHeader)
        {
            findings.Add(new VerificationFault(VerificationFaultKind.Header, "The header with which the store was opened is not part of its authentic history."));
        }
    }

    private void Take(in FrameHeader header, ReadOnlySpan<byte> frame)
    {
        bool follows = header.Generation == generation
            && (_isBroken ? header.Sequence > _frameSequence : header.Sequence == _frameSequence + 1 && header.PreviousTag == _lastTag);
        if (!follows)
        {
            Fault(VerificationFaultKind.Chain, header, "A part of the log does not follow the one before it");
        }

        // Taken first: what was read of the frame is gone once its body is read.
        UniqueId tag = header.IndexLength >= FrameHeader.TagLength ? FrameSeal.Tag(header, frame) : default;
        bool isSound = seal is null || TryApply(header, frame);
        _frameSequence = header.Sequence;
        _lastTag = tag;
        _isBroken = !follows || !isSound;
    }

    private bool TryApply(in FrameHeader header, ReadOnlySpan<byte> frame)
    {
        if (seal!.TryOpen(header, frame) is not { } content)
        {
            Fault(VerificationFaultKind.Frame, header, "A part of the log is well-formed and not authentic");
            return false;
        }

        bool isHeaderTaken = TakeHeader(header, frame);
        bool isApplied = header.Kind switch
        {
            FrameKind.Batch => TryApplyBatch(header, frame, content),
            FrameKind.Closing => header.HeaderLength + header.BodyLength == 0 && content.Length == sizeof(long) && TryApplyBatch(header, frame, content),
            FrameKind.Snapshot => TryApplySnapshot(header, content),
            FrameKind.SnapshotEnd => TryApplySnapshotEnd(header, content),
            _ => TryApplyEpoch(header, content),
        };
        if (!isApplied)
        {
            Fault(VerificationFaultKind.Frame, header, "A part of the log is authentic and breaks its rules");
        }

        return isHeaderTaken && isApplied;
    }

    private bool TryApplyBatch(in FrameHeader header, ReadOnlySpan<byte> frame, ReadOnlySpan<byte> content)
    {
        if (_isBroken && content.Length >= sizeof(long))
        {
            // What is missing has moved the sequence on.
            _sequence = Math.Clamp(BinaryPrimitives.ReadInt64LittleEndian(content), _sequence + 1, LogState.MaxNumber) - 1;
        }

        return !_isInSnapshot
            && frame[(header.BodyStart + header.BodyLength)..].IndexOfAnyExcept((byte)0) < 0
            && BatchReader.TryApply(content, frame.Slice(header.BodyStart, header.BodyLength), header.Offset + header.BodyStart, index, ref _sequence);
    }

    /// <summary>No checksum covers the body; what is alive in it is opened later, and behind it stand zeros.</summary>
    private bool TryApplySnapshot(in FrameHeader header, ReadOnlySpan<byte> content)
    {
        _isInSnapshot |= _frameSequence == 0 || _isBroken;
        int end = header.BodyStart + header.BodyLength;
        return _isInSnapshot
            && header.HeaderLength == 0
            && SnapshotReader.TryApply(content, header.BodyLength, header.Offset + header.BodyStart, index)
            && reader.Read(header.Offset + end, header.FrameLength - end).IndexOfAnyExcept((byte)0) < 0;
    }

    private bool TryApplySnapshotEnd(in FrameHeader header, ReadOnlySpan<byte> content)
    {
        bool isPlaced = _isInSnapshot || _frameSequence == 0 || _isBroken;
        _isInSnapshot = false;
        if (!isPlaced || header.BodyLength != 0 || !SnapshotEnd.TryRead(content, out SnapshotEnd end))
        {
            return false;
        }

        _sequence = end.Sequence;
        _epoch = end.Epoch;
        return end.RecordCount == index.RecordCount && end.PayloadCount == index.PayloadCount;
    }

    private bool TryApplyEpoch(in FrameHeader header, ReadOnlySpan<byte> content)
    {
        if (header.HeaderLength + header.BodyLength != 0 || content.Length != sizeof(long))
        {
            return false;
        }

        long before = _epoch;
        _epoch = BinaryPrimitives.ReadInt64LittleEndian(content);
        return _epoch > before;
    }

    private bool TakeHeader(in FrameHeader header, ReadOnlySpan<byte> frame)
    {
        if (header.HeaderLength == 0)
        {
            return true;
        }

        if (HeaderPart.TryRead(frame.Slice(FrameHeader.Size, header.HeaderLength)) is not { } part
            || part.StoreId != seal!.StoreId
            || (_headerRevision != 0 && (_isBroken ? part.Revision <= _headerRevision : part.Revision != _headerRevision + 1)))
        {
            Fault(VerificationFaultKind.Header, header, "A header of the store does not follow the one before it");
            return false;
        }

        _headerRevision = part.Revision;
        _metHeader |= given is not null && part.Revision == given.Revision && part.Content.Span.SequenceEqual(given.Content.Span);
        return true;
    }

    private void Fault(VerificationFaultKind kind, in FrameHeader header, string problem) =>
        findings.Add(kind, header.Offset, header.FrameLength, problem);
}
