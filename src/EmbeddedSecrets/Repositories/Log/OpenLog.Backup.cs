using EmbeddedSecrets.Errors;
using EmbeddedSecrets.Files;

namespace EmbeddedSecrets.Repositories.Log;

/// <content>Backup and restore: a copy of the log as a compaction makes it, whole and of one moment.</content>
internal sealed partial class OpenLog
{
    private const int CopyBytes = 64 << 10;

    /// <summary>Writes a log with everything that is committed to a stream. Writers wait for the last small round only, not for the stream.</summary>
    public async Task<BackupDescription> BackUpAsync(Stream destination, IProgress<CopyProgress>? progress, CancellationToken cancellationToken)
    {
        LogCompaction? copy = null;
        IStoreFile? file = null;
        BackupDescription? description = null;
        try
        {
            await CopyAsync(
                async ending =>
                {
                    while (copy is null)
                    {
                        (copy, file, description) = await MakeCopyAsync(progress, ending).ConfigureAwait(false);
                    }
                },
                StoreFailures.BackupFailed,
                cancellationToken).ConfigureAwait(false);
            await SendAsync(file!, destination, cancellationToken).ConfigureAwait(false);
            return description!;
        }
        finally
        {
            copy?.Abandon();
        }
    }

    /// <summary>
    /// Puts this log, which is whole and verified, into another directory as its newest one, sealed under new salts and in a
    /// new epoch. Nobody else has that store open.
    /// </summary>
    /// <returns>Where the restored store stands, for an anchor, and where its log ends.</returns>
    public (RollbackHead Head, LogEnd End) RestoreTo(IStoreDirectory target, long generation, long epoch)
    {
        LogView from = View;
        var copy = new LogCompaction(target, _seal, from, _state, generation, _newIndex(), new CompactionMeter(from.Index.LiveBytes, null));
        try
        {
            var tracker = new ChangeTracker();
            copy.Copy(tracker, CancellationToken.None);
            _ = copy.Complete(tracker);
            copy.BeginEpoch(Math.Max(epoch, _state.Epoch + 1));
            (LogView view, LogState state) = copy.Install(static _ => { });
            view.File.Dispose();
            return (new RollbackHead(_seal.StoreId, state.Epoch, state.Sequence, state.HeadTag), new LogEnd(generation, state.End));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw StoreFailures.WriteFailed(target.Path, exception);
        }
        finally
        {
            copy.Abandon();
        }
    }

    /// <summary>Nothing when another log took the place of this one meanwhile: the copy would miss what was committed to that.</summary>
    private async Task<(LogCompaction? Copy, IStoreFile? File, BackupDescription? Description)> MakeCopyAsync(IProgress<CopyProgress>? progress, CancellationToken cancellationToken)
    {
        LogView from = _view;
        var tracker = new ChangeTracker();
        LogCompaction? copy = null;
        try
        {
            await Commits!.RunAloneAsync(
                () =>
                {
                    from = _view;
                    from.Index.Tracker = tracker;
                    copy = new LogCompaction(_directory, _seal, from, _state, _state.Generation, _newIndex(), new CompactionMeter(from.Index.LiveBytes, progress));
                },
                cancellationToken).ConfigureAwait(false);
            copy!.Copy(tracker, cancellationToken);
            IStoreFile? file = null;
            BackupDescription? description = null;
            await Commits.RunAloneAsync(
                () =>
                {
                    if (_view == from)
                    {
                        file = copy.Complete(tracker);
                        description = new BackupDescription(_seal.StoreId, _state.Sequence, from.Index.RecordCount, file.Length);
                    }
                },
                cancellationToken).ConfigureAwait(false);
            LogCompaction? made = file is null ? null : copy;
            copy = file is null ? copy : null;
            return (made, file, description);
        }
        catch (ObjectDisposedException) when (_view != from)
        {
            return default;
        }
        finally
        {
            from.Index.Tracker = null;
            copy?.Abandon();
        }
    }

    private static async Task SendAsync(IStoreFile file, Stream destination, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[CopyBytes];
        long length = file.Length;
        for (long offset = 0; offset < length;)
        {
            int read;
            try
            {
                read = file.Read(buffer.AsSpan(0, (int)Math.Min(buffer.Length, length - offset)), offset);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                throw StoreFailures.ReadFailed(file.Path, exception);
            }

            if (read == 0)
            {
                throw StoreFailures.Corrupt(file.Path, offset);
            }

            await destination.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
            offset += read;
        }

        await destination.FlushAsync(cancellationToken).ConfigureAwait(false);
    }
}
