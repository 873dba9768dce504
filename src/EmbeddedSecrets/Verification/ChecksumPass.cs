using System.Globalization;
using EmbeddedSecrets.Repositories.Log;

namespace EmbeddedSecrets.Verification;

/// <summary>
/// What can be verified without a key: checksums, and what was damaged. Tells damage of acknowledged bytes from an unfinished
/// write as a recovery does (DESIGN F4), and finds the headers that the keys may be unlocked with.
/// </summary>
internal sealed class ChecksumPass(LogReader reader, bool endIsKnown)
{
    /// <summary>Where the newest header is forged, an older one may still tell what else is wrong.</summary>
    private const int MaxHeaders = 4;

    private const long MaxTail = FrameHeader.MaxFrameLength + (4L << 20);

    /// <summary>So that memory stays bounded; what is behind them is counted, and taken for acknowledged.</summary>
    private const int MaxGaps = 100_000;

    private readonly List<Gap> _gaps = [];
    private readonly List<RepositoryHeader> _headers = [];
    private long _provenTo;
    private long _moreGaps;
    private long _lastGapEnd;
    private bool _isDropped;

    /// <summary>Gets the headers, the newest one last.</summary>
    public IReadOnlyList<RepositoryHeader> Headers => _headers;

    /// <summary>Gets where the acknowledged part ends.</summary>
    public long End { get; private set; }

    public long Frames { get; private set; }

    public long DataEnd { get; private set; }

    public bool HasGaps => _gaps.Count > 0;

    public void Run(CancellationToken cancellationToken)
    {
        var walk = new FrameWalk(reader);
        bool found;
        do
        {
            found = walk.TryNext(out FrameHeader header, out ReadOnlySpan<byte> frame, cancellationToken);
            if (walk.GapStart is { } start)
            {
                Keep(new Gap(start, found ? header.Offset : reader.EndOfData(start), Frames, walk.GapIsForged));
            }

            if (found)
            {
                Take(header, frame);
            }
        }
        while (found);
        DataEnd = Math.Max(_lastGapEnd, walk.Offset);
        Settle(walk.Offset);
    }

    public void Report(Findings findings)
    {
        try
        {
            LogFileHeader.Check(reader.Read(0, LogFileHeader.Length), reader.Path);
        }
        catch (SecretStoreIntegrityException exception)
        {
            findings.Add(VerificationFaultKind.Header, 0, LogFileHeader.Length, "The first bytes of the log are wrong: " + exception.Message);
        }

        foreach (Gap gap in _gaps)
        {
            findings.Add(
                VerificationFaultKind.Frame,
                gap.Start,
                gap.End - gap.Start,
                gap.IsForged ? "A part of the log has right checksums and stands in a wrong place or contradicts itself" : "Bytes of the log that were acknowledged are damaged");
        }

        findings.Count(_moreGaps);
        if (_isDropped)
        {
            findings.Note(string.Create(CultureInfo.InvariantCulture, $"The log has {DataEnd - End} bytes at offset {End} that are no whole commit: an unfinished one, which the next opening drops, or a last one that was damaged."));
        }

        if (reader.Length - End > MaxTail)
        {
            findings.Add(VerificationFaultKind.Frame, End, reader.Length - End, "More stands behind the end of the log than is ever written there");
        }
    }

    private void Take(in FrameHeader header, ReadOnlySpan<byte> frame)
    {
        Frames++;
        _provenTo = Math.Max(_provenTo, header.FlushedTo);
        if (header.Kind == FrameKind.Closing)
        {
            _provenTo = Math.Max(_provenTo, header.Offset);
        }

        if (header.HeaderLength > 0 && HeaderPart.TryRead(frame.Slice(FrameHeader.Size, header.HeaderLength)) is { } part)
        {
            _headers.Add(part);
            if (_headers.Count > MaxHeaders)
            {
                _headers.RemoveAt(0);
            }
        }
    }

    private void Keep(Gap gap)
    {
        _lastGapEnd = gap.End;
        if (_gaps.Count < MaxGaps)
        {
            _gaps.Add(gap);
        }
        else
        {
            _moreGaps++;
        }
    }

    /// <summary>Damage that nothing shows to have been acknowledged ends the log.</summary>
    private void Settle(long end)
    {
        End = end;
        int unproven = endIsKnown ? -1 : _gaps.FindIndex(gap => !gap.IsForged && gap.Start >= _provenTo);
        if (unproven >= 0)
        {
            End = _gaps[unproven].Start;
            Frames = _gaps[unproven].FramesBefore;
            _isDropped = true;
            _gaps.RemoveAll(gap => gap.Start >= End && !gap.IsForged);
        }
        else
        {
            End = Math.Min(Math.Max(end, _lastGapEnd), reader.Length);
        }
    }

    private sealed record Gap(long Start, long End, long FramesBefore, bool IsForged);
}
