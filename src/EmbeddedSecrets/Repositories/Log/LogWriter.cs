using System.Diagnostics;
using EmbeddedSecrets.Errors;
using EmbeddedSecrets.Files;

namespace EmbeddedSecrets.Repositories.Log;

/// <summary>
/// Appends frames, each with one write and one flush (DESIGN F1, F2). Used by one thread at a time. A failed flush ends all
/// writing to this log, in every process; after a failed write the log goes on if its traces could be removed. A log that
/// counts is written under the commit lock, and the shared page says beforehand where.
/// </summary>
internal sealed class LogWriter(IStoreFile file, FrameSeal seal, LogState state, SharedPage? page = null)
{
    private const int SmallestStep = 64 << 10;
    private const int LargestStep = 1 << 20;
    private const int KeptBytes = 8 << 20;

    private byte[] _buffer = [];

    /// <summary>Up to here the file has room that was made ahead, as far as this instance knows.</summary>
    private long _allocated;

    /// <summary>Gets why this instance has stopped writing, or null.</summary>
    public Exception? StopCause { get; private set; }

    public void ThrowIfStopped()
    {
        if (IsStopped)
        {
            throw StoreFailures.WritesStopped(file.Path, StopCause);
        }
    }

    /// <summary>Gets a value indicating whether nobody may write to this log any more.</summary>
    public bool IsStopped => StopCause is not null || page?.StoppedGeneration == state.Generation;

    /// <summary>Appends a frame and waits until it is on the disk. Nobody sees it before it is published.</summary>
    /// <returns>The offset of the body in the log.</returns>
    public long Append(FrameKind kind, RepositoryHeader? newHeader, ReadOnlySpan<byte> index, ReadOnlySpan<byte> body)
    {
        ThrowIfStopped();
        FrameHeader header = Build(kind, newHeader, index, body, out UniqueId tag);
        ReadOnlySpan<byte> frame = _buffer.AsSpan(0, header.FrameLength);
        if (state.End > LogEnd.MaxOffset - frame.Length)
        {
            // The shared page has no room for the number of a byte behind it. A compaction makes the log short again.
            throw StoreFailures.WriteFailed(file.Path, new IOException($"A log has at most {LogEnd.MaxOffset} bytes."));
        }

        Reserve(state.End + frame.Length);
        Announce(state.End, state.End + frame.Length);
        Write(frame);
        Flush();
        Advance(header, tag);
        return header.Offset + header.BodyStart;
    }

    /// <summary>Appends a frame to a log that does not count yet: without room ahead, and without waiting.</summary>
    /// <returns>The offset of the body in the log.</returns>
    public long AppendUnflushed(FrameKind kind, RepositoryHeader? newHeader, ReadOnlySpan<byte> index, ReadOnlySpan<byte> body)
    {
        FrameHeader header = Build(kind, newHeader, index, body, out UniqueId tag);
        file.Write(_buffer.AsSpan(0, header.FrameLength), state.End);
        Advance(header, tag);
        _allocated = state.End;
        return header.Offset + header.BodyStart;
    }

    private FrameHeader Build(FrameKind kind, RepositoryHeader? newHeader, ReadOnlySpan<byte> index, ReadOnlySpan<byte> body, out UniqueId tag)
    {
        var header = new FrameHeader
        {
            Kind = kind,
            HeaderLength = HeaderPart.LengthOf(newHeader),
            IndexLength = index.Length + seal.Overhead,
            BodyLength = body.Length,
            Generation = state.Generation,
            Sequence = state.FrameSequence + 1,
            Offset = state.End,
            FlushedTo = state.End,
            PreviousTag = state.LastTag,
        };
        Debug.Assert(header.FrameLength <= FrameHeader.MaxFrameLength, "The limits of a commit keep frames small enough.");
        Span<byte> frame = RentBuffer(header.FrameLength);
        frame[(header.BodyStart + body.Length)..].Clear();
        body.CopyTo(frame[header.BodyStart..]);
        header.Write(frame);
        if (newHeader is not null)
        {
            HeaderPart.Write(newHeader, frame.Slice(FrameHeader.Size, header.HeaderLength));
        }

        tag = seal.Seal(header, index, frame);
        FrameHeader.WriteChecksums(frame, header.CheckedLength);
        return header;
    }

    private void Advance(in FrameHeader header, UniqueId tag)
    {
        state.End += header.FrameLength;
        state.FrameSequence = header.Sequence;
        state.LastTag = tag;
        state.HeadTag = header.Kind is FrameKind.Batch or FrameKind.Epoch ? tag : state.HeadTag;
        state.Closed = header.Kind == FrameKind.Closing;
    }

    /// <summary>Ends all writing, after a failure of which nobody knows what it left behind.</summary>
    public void Stop(Exception cause)
    {
        StopCause ??= cause;
        if (page is not null)
        {
            page.StoppedGeneration = state.Generation;
        }
    }

    private void Announce(long from, long to)
    {
        if (page is not null)
        {
            page.Intent = (from, to);
        }
    }

    private Span<byte> RentBuffer(int length)
    {
        if (_buffer.Length < length || _buffer.Length > KeptBytes)
        {
            _buffer = GC.AllocateUninitializedArray<byte>(Math.Max(length, 4096));
        }

        return _buffer.AsSpan(0, length);
    }

    /// <summary>Makes room in steps that grow with the log. Where there is no room for a step, the frame is written at its exact size.</summary>
    private void Reserve(long target)
    {
        if (target <= _allocated)
        {
            return;
        }

        // Others may have made room, and written there.
        _allocated = Math.Max(state.End, LengthOrZero());
        if (target <= _allocated)
        {
            return;
        }

        long step = Math.Clamp(state.End, SmallestStep, LargestStep);
        long reserved = (target + step + SmallestStep - 1) / SmallestStep * SmallestStep;
        try
        {
            Zeros.Write(file, _allocated, reserved);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _allocated = Math.Max(_allocated, LengthOrZero());
            return;
        }

        try
        {
            file.FlushData();
        }
        catch (IOException exception)
        {
            // The frame was not written yet: nothing was changed.
            Stop(exception);
            throw StoreFailures.WritesStopped(file.Path, exception);
        }

        _allocated = reserved;
    }

    private void Write(ReadOnlySpan<byte> frame)
    {
        try
        {
            file.Write(frame, state.End);
            _allocated = Math.Max(_allocated, state.End + frame.Length);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            RemoveTraces(frame.Length, exception);
            throw StoreFailures.WriteFailed(file.Path, exception);
        }
    }

    private void Flush()
    {
        try
        {
            file.FlushData();
        }
        catch (IOException exception)
        {
            Stop(exception);
            throw StoreFailures.OutcomeUnknown(file.Path, exception);
        }
    }

    /// <summary>A part of the frame may stand in the file: it must be gone from the disk before anything is written there.</summary>
    private void RemoveTraces(int length, Exception cause)
    {
        try
        {
            _allocated = file.Length;
            Zeros.Write(file, state.End, Math.Min(state.End + length, _allocated));
            file.FlushData();
            Announce(0, 0);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A whole frame may stand there now, and would be found when the store is opened again.
            Stop(cause);
            throw StoreFailures.OutcomeUnknown(file.Path, cause);
        }
    }

    private long LengthOrZero()
    {
        try
        {
            return file.Length;
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
