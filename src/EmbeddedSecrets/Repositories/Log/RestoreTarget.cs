using EmbeddedSecrets.Errors;
using EmbeddedSecrets.Files;

namespace EmbeddedSecrets.Repositories.Log;

/// <summary>The directory that a backup is restored to, held so that nobody else opens it meanwhile.</summary>
internal sealed class RestoreTarget : IDisposable
{
    private const int CopyBytes = 64 << 10;

    private readonly StoreDirectory _directory;
    private readonly LogShare _share;
    private readonly long _newest;
    private string? _staging;

    private RestoreTarget(StoreDirectory directory, LogShare share, long newest)
    {
        _directory = directory;
        _share = share;
        _newest = newest;
    }

    public static RestoreTarget Open(string path, bool overwrite, CancellationToken cancellationToken)
    {
        string location = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        StoreDirectory directory = StoreDirectory.OpenOrMake(location, readOnly: false)!;
        LogShare? share = LogShare.Open(directory, LogSettings.Of(new SecretStoreOptions()));
        try
        {
            share.Enter(TimeSpan.Zero, cancellationToken);
            if (!share.Join())
            {
                share.Leave();
                share.Exit();
                throw StoreFailures.OpenElsewhere(location);
            }

            long newest = LogGenerations.FindNewest(directory);
            if (newest > 0 && !overwrite)
            {
                share.Leave();
                share.Exit();
                throw StoreFailures.StoreExists(location);
            }

            var target = new RestoreTarget(directory, share, newest);
            share = null;
            return target;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw StoreFailures.OpeningFailed(location, exception, readOnly: false);
        }
        finally
        {
            share?.Dispose();
        }
    }

    /// <summary>Copies a backup to the disk, under the name that it says it has.</summary>
    /// <returns>A directory that can be opened as a store, and the length of the backup.</returns>
    public async ValueTask<(string Directory, long Length)> ReceiveAsync(Stream backup, CancellationToken cancellationToken)
    {
        try
        {
            _staging = Path.Combine(_directory.Path, LogName.NewStaging());
            StoreDirectory staging = StoreDirectory.OpenOrMake(_staging, readOnly: false)!;
            using IStoreFile file = staging.Create(LogName.NewTemporaryOf(1));
            byte[] buffer = new byte[CopyBytes];
            long length = 0;
            int read;
            while ((read = await ReadAsync(backup, buffer, cancellationToken).ConfigureAwait(false)) > 0)
            {
                file.Write(buffer.AsSpan(0, read), length);
                length += read;
            }

            staging.Rename(file, LogName.Of(GenerationOf(file)));
            return (_staging, length);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw StoreFailures.WriteFailed(_directory.Path, exception);
        }
    }

    /// <summary>Puts the verified store in its place.</summary>
    public RollbackHead TakePlace(FileSecretRepository verified, IRollbackAnchor? anchor)
    {
        long epoch = 0;
        try
        {
            epoch = anchor?.Read() is { } head ? head.Epoch + 1 : 0;
        }
        catch (Exception exception) when (exception is not SecretStoreException)
        {
            throw StoreFailures.AnchorFailed(exception);
        }

        (RollbackHead restored, LogEnd end) = verified.RestoreTo(_directory, _newest + 1, epoch);

        // Instances that only read may have the store open: they see that it was replaced.
        _share.Page!.Reset(BootId.Current, end);
        LogGenerations.RemoveOlder(_directory, _newest + 1);
        try
        {
            anchor?.Advance(restored);
        }
        catch (Exception exception) when (exception is not SecretStoreException)
        {
            throw StoreFailures.AnchorFailed(exception);
        }

        return restored;
    }

    public void Dispose()
    {
        try
        {
            if (_staging is not null)
            {
                Directory.Delete(_staging, recursive: true);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It holds what the backup holds, sealed; the next opening or compaction removes it.
        }
        finally
        {
            _share.Leave();
            _share.Exit();
            _share.Dispose();
        }
    }

    /// <summary>What the caller's stream fails with is no failure of the directory.</summary>
    private static async ValueTask<int> ReadAsync(Stream backup, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await backup.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw StoreFailures.ReadFailed("the backup", exception);
        }
    }

    /// <summary>The generation of the first frame: only its place is taken from there, all else is authenticated later.</summary>
    private static long GenerationOf(IStoreFile file)
    {
        var reader = new LogReader(file);
        LogFileHeader.Check(reader.Read(0, LogFileHeader.Length), file.Path);
        return reader.TryReadHeader(LogFileHeader.Length, out FrameHeader first) && first.Generation is > 0 and < LogState.MaxNumber
            ? first.Generation
            : throw StoreFailures.Corrupt(file.Path, LogFileHeader.Length);
    }
}
