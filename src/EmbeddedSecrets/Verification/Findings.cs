using System.Globalization;

namespace EmbeddedSecrets.Verification;

/// <summary>Collects what a verification finds; its memory is bounded.</summary>
internal sealed class Findings(IProgress<VerificationProgress>? progress)
{
    private const long ProgressStep = 1 << 20;

    private readonly List<VerificationFault> _faults = [];
    private readonly List<string> _notes = [];
    private long _faultCount;
    private long _done;
    private long _told;

    public long Frames { get; set; }

    public long Records { get; set; }

    public long Versions { get; set; }

    public long Bytes { get; set; }

    public long TotalBytes { get; set; }

    public void Add(VerificationFault fault)
    {
        _faultCount++;
        if (_faults.Count < VerificationReport.MaxKept)
        {
            _faults.Add(fault);
        }
    }

    /// <summary>Counts faults of which nothing more is known.</summary>
    public void Count(long faults) => _faultCount += faults;

    public void Add(VerificationFaultKind kind, long offset, long length, string problem) =>
        Add(new VerificationFault(kind, string.Create(CultureInfo.InvariantCulture, $"{problem} (offset {offset}, {length} bytes)."))
        {
            Offset = offset,
            Length = length,
        });

    public void Note(string note)
    {
        if (_notes.Count < VerificationReport.MaxKept)
        {
            _notes.Add(note);
        }
    }

    /// <summary>Tells that all is verified: how much there would be was an estimate.</summary>
    public void Complete()
    {
        TotalBytes = Math.Max(_done, TotalBytes);
        if (_told < TotalBytes)
        {
            Pass(TotalBytes - _done);
        }
    }

    public void Pass(long bytes)
    {
        _done += bytes;
        if (progress is not null && (_done - _told >= ProgressStep || _done >= TotalBytes))
        {
            _told = _done;
            progress.Report(new VerificationProgress(_done, Math.Max(_done, TotalBytes)));
        }
    }

    public VerificationReport ToReport() => new()
    {
        Faults = _faults,
        FaultCount = _faultCount,
        Notes = _notes,
        FrameCount = Frames,
        RecordCount = Records,
        VersionCount = Versions,
        ByteCount = Bytes,
    };
}
