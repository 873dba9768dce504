using System.Diagnostics.CodeAnalysis;
using EmbeddedSecrets.Errors;

namespace EmbeddedSecrets.Repositories.Log;

/// <summary>A log that is replayed and in use: its file, its index, and, unless it is read only, its writer.</summary>
internal sealed class OpenLog : IDisposable
{
    private readonly LogState _state;
    private readonly LogWriter? _writer;

    private OpenLog(ILogFile file, LogState state, LogIndex index, LogWriter? writer, RecoveryReport report)
    {
        _state = state;
        _writer = writer;
        File = file;
        Index = index;
        Report = report;
        Signal.MoveTo(state.Sequence);
        Commits = writer is null ? null : new CommitQueue(new LogCommitter(writer, state, index, Signal).Write);
    }

    public ILogFile File { get; }

    public LogIndex Index { get; }

    public RecoveryReport Report { get; }

    public ChangeSignal Signal { get; } = new();

    /// <summary>Gets the way to commit, or null when the log is read only.</summary>
    public CommitQueue? Commits { get; }

    public RepositoryHeader Header => _state.Header!;

    public long Generation => _state.Generation;

    public static OpenLog Recover(ILogFile file, long generation, RepositoryHeader given, IStoreProtector protector, LogIndex index, bool readOnly, CancellationToken cancellationToken)
    {
        var seal = new FrameSeal(protector, given.StoreId);
        var state = new LogState { Generation = generation };
        RecoveryReport report = new LogRecovery(file, seal, state).Run(given, index, readOnly, cancellationToken);
        return new OpenLog(file, state, index, readOnly ? null : new LogWriter(file, seal, state), report);
    }

    /// <summary>Makes a new store: the log appears under its name only when its first frame, with the header, is on the disk.</summary>
    [SuppressMessage("Reliability", "CA2000", Justification = "The log owns the file.")]
    public static OpenLog Create(ILogDirectory directory, RepositoryHeader header, IStoreProtector protector, LogIndex index)
    {
        const long FirstGeneration = 1;
        var seal = new FrameSeal(protector, header.StoreId);
        var state = new LogState { Generation = FirstGeneration, Header = header };
        LogWriter? writer = null;
        ILogFile file = LogGenerations.CreateFirst(directory, FirstGeneration, created =>
        {
            Span<byte> fileHeader = stackalloc byte[LogFileHeader.Length];
            LogFileHeader.Write(fileHeader);
            created.Write(fileHeader, 0);
            writer = new LogWriter(created, seal, state);
            writer.Append(FrameKind.Batch, header, FirstIndex, []);
        });
        return new OpenLog(file, state, index, writer, new RecoveryReport());
    }

    /// <summary>Writes and flushes a closing frame, unless the log ends with one or must not be written any more.</summary>
    public void WriteClosingFrame()
    {
        if (_writer is null || _writer.StopCause is not null || _state.Closed)
        {
            return;
        }

        try
        {
            Span<byte> index = stackalloc byte[sizeof(long)];
            System.Buffers.Binary.BinaryPrimitives.WriteInt64LittleEndian(index, _state.Sequence + 1);
            _writer.Append(FrameKind.Closing, null, index, []);
        }
        catch (SecretStoreException)
        {
            // Without it the next opening recovers as after a crash; everything acknowledged is on the disk already.
        }
    }

    /// <summary>Reads what the index says is there.</summary>
    public void Read(long offset, Span<byte> destination)
    {
        int read;
        try
        {
            read = File.Read(destination, offset);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw StoreFailures.ReadFailed(File.Path, exception);
        }

        if (read != destination.Length)
        {
            throw StoreFailures.Corrupt(File.Path, offset + read);
        }
    }

    public void Dispose() => File.Dispose();

    /// <summary>The index of a frame without commits, from which the change sequence starts.</summary>
    private static ReadOnlySpan<byte> FirstIndex => [1, 0, 0, 0, 0, 0, 0, 0];
}
