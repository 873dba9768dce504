using System.Buffers.Binary;
using EmbeddedSecrets.Errors;
using EmbeddedSecrets.Files;

namespace EmbeddedSecrets.Repositories.Log;

/// <summary>
/// Copies what a log holds into the log of the next generation, beside readers and writers (DESIGN F7), and puts it in its
/// place. Healing after a failed flush is the same: only what was published is copied.
/// </summary>
/// <remarks>
/// Copying goes in rounds: all records and payloads first, then what commits have touched meanwhile, until that is little.
/// The last round, the flush, the rename and the flush of the directory happen in one turn of the commit queue. What fails
/// before the rename leaves everything as it was; from the rename on nobody knows which of the two logs would be found after
/// a power cut, so a failure there stops all writing.
/// </remarks>
internal sealed class LogCompaction
{
    private const int LittleEnough = 64;
    private const int MaxRounds = 8;

    private readonly IStoreDirectory _directory;
    private readonly FrameSeal _seal;
    private readonly LogView _from;
    private readonly LogState _fromState;
    private readonly CompactionMeter _meter;
    private readonly SnapshotWriter _chunk = new();
    private readonly LogIndex _index;

    private readonly string _temporary;

    private IStoreFile? _file;
    private LogState? _state;
    private LogWriter? _writer;
    private bool _isAlone;

    /// <summary>Copies nothing yet.</summary>
    /// <param name="directory">Where the new log is made: the directory of the old one, or of a store that it is to be restored to.</param>
    /// <param name="seal">Opens the frames of the old log and seals those of the new one.</param>
    /// <param name="from">The old log.</param>
    /// <param name="fromState">Where it stands.</param>
    /// <param name="generation">The generation of the new log.</param>
    /// <param name="emptyIndex">Becomes the index of the new log.</param>
    /// <param name="meter">Is told of the bytes.</param>
    public LogCompaction(IStoreDirectory directory, FrameSeal seal, LogView from, LogState fromState, long generation, LogIndex emptyIndex, CompactionMeter meter)
    {
        Generation = generation;
        _directory = directory;
        _seal = seal;
        _from = from;
        _fromState = fromState;
        _index = emptyIndex;
        _meter = meter;
        _temporary = LogName.NewTemporaryOf(Generation);
    }

    private long Generation { get; }

    /// <summary>Copies everything and what was touched meanwhile. The tracker must have been told of every change since before the call.</summary>
    public void Copy(ChangeTracker tracker, CancellationToken cancellationToken)
    {
        _file = _directory.Create(_temporary);
        Span<byte> fileHeader = stackalloc byte[LogFileHeader.Length];
        LogFileHeader.Write(fileHeader);
        _file.Write(fileHeader, 0);
        _state = new LogState { Generation = Generation };
        _writer = new LogWriter(_file, _seal, _state);
        CopyAll(cancellationToken);
        _file.FlushData();
        for (int round = 0; round < MaxRounds; round++)
        {
            (HashSet<string> names, HashSet<UniqueId> payloads) = tracker.Take();
            CopyTouched(names, payloads);

            // The last time too: the turn of the last round, in which nobody commits, finds only its own bytes to flush.
            _file.FlushData();
            if (names.Count + payloads.Count <= LittleEnough)
            {
                break;
            }

            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>The last round, while nobody writes. The new log is whole then, and on the disk.</summary>
    /// <returns>The new log, which belongs to the compaction until <see cref="Install"/>.</returns>
    /// <exception cref="SecretStoreUnavailableException">The index has a batch in part: a copy would make that last.</exception>
    public IStoreFile Complete(ChangeTracker tracker)
    {
        if (_from.Index.HalfApplied is { } cause)
        {
            throw StoreFailures.MustBeOpenedAgain(_from.File.Path, cause);
        }

        (HashSet<string> names, HashSet<UniqueId> payloads) = tracker.Take();
        _isAlone = true;
        CopyTouched(names, payloads);
        Span<byte> end = stackalloc byte[SnapshotEnd.Size];
        new SnapshotEnd(_fromState.Sequence, _fromState.Epoch, _fromState.HeadTag, _index.RecordCount, _index.PayloadCount).Write(end);
        _writer!.AppendUnflushed(FrameKind.SnapshotEnd, _fromState.Header, end, []);
        _state!.Sequence = _fromState.Sequence;
        _state.Epoch = _fromState.Epoch;
        _state.HeadTag = _fromState.HeadTag;
        _state.FirstSequence = _fromState.Sequence;
        _state.FirstBatch = _state.End;
        _state.Header = _fromState.Header;
        _file!.FlushData();
        return _file;
    }

    /// <summary>Begins a new epoch in a log that is complete and does not count yet.</summary>
    public void BeginEpoch(long epoch)
    {
        byte[] content = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(content, epoch);
        _writer!.AppendUnflushed(FrameKind.Epoch, null, content, []);
        _state!.Epoch = epoch;
        _file!.FlushData();
    }

    /// <summary>Gives the new log its name, in place of the old one.</summary>
    public (LogView View, LogState State) Install(Action<Exception> stop)
    {
        try
        {
            _directory.Rename(_file!, LogName.Of(Generation));
            _directory.Flush();
        }
        catch (Exception exception)
        {
            stop(exception);
            throw exception is IOException or UnauthorizedAccessException ? StoreFailures.WritesStoppedByCompaction(_directory.Path, exception) : exception;
        }

        IStoreFile file = _file!;
        _file = null;
        return (new LogView(file, _index), _state!);
    }

    /// <summary>Removes what a compaction that did not finish has made.</summary>
    public void Abandon()
    {
        if (_file is not null)
        {
            _file.Dispose();
            LogGenerations.TryDelete(_directory, _temporary);
        }
    }

    private void CopyAll(CancellationToken cancellationToken)
    {
        BackgroundPace pace = default;
        foreach ((string name, RecordLocation location) in _from.Index.Records)
        {
            _chunk.AddRecord(name, location, _from.File);
            WriteFullChunk(cancellationToken);
            pace.Step();
        }

        // Chunks of one kind, in order: who opens the log need not take them apart.
        WriteChunk();
        foreach ((UniqueId id, PayloadLocation location) in _from.Index.Payloads)
        {
            _chunk.AddPayload(id, location, _from.File);
            WriteFullChunk(cancellationToken);
            pace.Step();
        }

        WriteChunk();
    }

    private void CopyTouched(HashSet<string> names, HashSet<UniqueId> payloads)
    {
        foreach (string name in names)
        {
            if (_from.Index.TryFind(name, out RecordLocation location))
            {
                _chunk.AddRecord(name, location, _from.File);
            }
            else
            {
                _chunk.AddNoRecord(name);
            }

            WriteFullChunk(CancellationToken.None);
        }

        foreach (UniqueId id in payloads)
        {
            if (_from.Index.TryFindPayload(id, out PayloadLocation location))
            {
                _chunk.AddPayload(id, location, _from.File);
            }
            else
            {
                _chunk.AddNoPayload(id);
            }

            WriteFullChunk(CancellationToken.None);
        }

        WriteChunk();
    }

    private void WriteFullChunk(CancellationToken cancellationToken)
    {
        if (_chunk.IsFull)
        {
            cancellationToken.ThrowIfCancellationRequested();
            WriteChunk();
        }
    }

    private void WriteChunk()
    {
        if (_chunk.IsEmpty)
        {
            return;
        }

        long bodyOffset = _writer!.AppendUnflushed(FrameKind.Snapshot, null, _chunk.Index, _chunk.Body);
        if (!SnapshotReader.TryApply(_chunk.Index, _chunk.Body.Length, bodyOffset, _index))
        {
            throw new InvalidOperationException("A chunk that was written cannot be read.");
        }

        _meter.Add(_chunk.Body.Length);
        _chunk.Clear();
        if (!_isAlone)
        {
            _meter.Tell();
        }
    }
}
