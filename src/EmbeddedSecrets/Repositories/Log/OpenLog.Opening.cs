using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using EmbeddedSecrets.Errors;
using EmbeddedSecrets.Files;

namespace EmbeddedSecrets.Repositories.Log;

/// <content>The three ways to an open log: who is alone recovers it, who comes to others joins them, and where there is none it is made. All with the right to write.</content>
internal sealed partial class OpenLog
{
    /// <summary>Opens a log that nobody else writes: what stands in the file is the truth (DESIGN F4).</summary>
    [SuppressMessage("Reliability", "CA2000", Justification = "The log owns the file.")]
    public static OpenLog Recover(
        IStoreDirectory directory, LogShare share, IStoreFile file, long generation, RepositoryHeader given, IStoreProtector protector, LogSettings settings, Func<LogIndex> newIndex, CancellationToken cancellationToken)
    {
        var seal = new FrameSeal(protector, given.StoreId);
        var state = new LogState { Generation = generation };
        var view = new LogView(file, newIndex());
        RollbackGuard guard = settings.NewGuard(directory.Path);
        guard.Begin();
        var recovery = new LogRecovery(file, seal, state, guard, settings.Recovery == RecoveryMode.Strict);
        RecoveryReport report = recovery.Run(given, view.Index, settings.ReadOnly, cancellationToken);
        var log = new OpenLog(directory, share, seal, view, state, settings, newIndex, guard, report);
        log.Begin(recovery.NewEpoch);
        return log;
    }

    /// <summary>
    /// Opens a log that others have open: what they published is the truth. It is replayed while they go on writing; the
    /// caller gives back the right to write before.
    /// </summary>
    /// <returns>The log, or null when the header that was given is not in the log that counts now: begin again.</returns>
    public static OpenLog? Join(
        IStoreDirectory directory, LogShare share, RepositoryHeader given, IStoreProtector protector, LogSettings settings, Func<LogIndex> newIndex, CancellationToken cancellationToken)
    {
        var seal = new FrameSeal(protector, given.StoreId);
        RollbackGuard guard = settings.NewGuard(directory.Path);
        while (true)
        {
            // The anchor first: it is never ahead of what was published before.
            guard.Begin();
            LogEnd end = share.Page!.End;
            if (LogFollowing.TryOpen(directory, end, settings.ReadOnly, newIndex(), seal, guard, given, cancellationToken) is not { } opened)
            {
                if (share.Page.End == end)
                {
                    throw StoreFailures.ReadFailed(directory.Path, new FileNotFoundException("The log that is in use is gone."));
                }

                continue;
            }

            try
            {
                if (!opened.MetHeader)
                {
                    opened.View.File.Dispose();
                    return null;
                }

                if (guard.Decide(given.StoreId, opened.State) is not null)
                {
                    throw StoreFailures.RollbackWhileOpen(directory.Path);
                }

                var report = new RecoveryReport { Sequence = opened.State.Sequence, RecordCount = opened.View.Index.RecordCount, WasClosed = true };
                var log = new OpenLog(directory, share, seal, opened.View, opened.State, settings, newIndex, guard, report) { _seen = end.Word };
                log.Use(opened.View, opened.State);
                log.StartToFollow();
                return log;
            }
            catch
            {
                opened.View.File.Dispose();
                throw;
            }
        }
    }

    /// <summary>Makes a new store: the log appears under its name only when its first frame, with the header, is on the disk.</summary>
    public static OpenLog Create(
        IStoreDirectory directory, LogShare share, RepositoryHeader header, IStoreProtector protector, LogSettings settings, Func<LogIndex> newIndex)
    {
        const long FirstGeneration = 1;
        var seal = new FrameSeal(protector, header.StoreId);
        var state = new LogState { Generation = FirstGeneration, Header = header.Copy() };
        RollbackGuard guard = settings.NewGuard(directory.Path);
        guard.Begin();
        long? newEpoch = guard.Decide(header.StoreId, state);
        IStoreFile file = LogGenerations.CreateFirst(directory, FirstGeneration, created =>
        {
            Span<byte> fileHeader = stackalloc byte[LogFileHeader.Length];
            LogFileHeader.Write(fileHeader);
            created.Write(fileHeader, 0);
            new LogWriter(created, seal, state).Append(FrameKind.Batch, header, EmptyBatch(1), []);
        });
        try
        {
            var log = new OpenLog(directory, share, seal, new LogView(file, newIndex()), state, settings, newIndex, guard, new RecoveryReport());
            log.Begin(newEpoch);
            return log;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Sets up the page, which nobody else uses, and the way to write.</summary>
    private void Begin(long? newEpoch)
    {
        if (_settings.ReadOnly)
        {
            _seen = _share.Page?.End.Word ?? 0;
            Use(_view, _state);
        }
        else
        {
            Reset(_share.Page!);
            Use(_view, _state);
            if (newEpoch is { } epoch)
            {
                BeginEpoch(epoch);
            }

            _guard.Advance(_seal.StoreId, _state);
            LogGenerations.RemoveOlder(_directory, _state.Generation);
        }

        StartToFollow();
    }

    private void StartToFollow()
    {
        Signal.MoveTo(_state.Sequence);
        _timer.Change(FollowInterval, FollowInterval);
    }

    private void BeginEpoch(long epoch)
    {
        byte[] content = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(content, epoch);
        _writer!.Append(FrameKind.Epoch, null, content, []);
        _state.Epoch = epoch;
        Publish();
        _guard.Advance(_seal.StoreId, _state);
    }
}
