using EmbeddedSecrets.Errors;
using EmbeddedSecrets.Files;
using EmbeddedSecrets.Repositories.Log;

namespace EmbeddedSecrets.Verification;

/// <summary>The log that counts at one moment, open, and how far it was published. It may be in use; the right to write is held for that moment only.</summary>
internal sealed class VerifiedLog : IDisposable
{
    private readonly StoreDirectory _directory;

    private VerifiedLog(StoreDirectory directory, IStoreFile file, long generation, long? end)
    {
        _directory = directory;
        File = file;
        Generation = generation;
        End = end;
    }

    public IStoreFile File { get; }

    public long Generation { get; }

    /// <summary>Gets the published end while somebody writes; null when the store is at rest.</summary>
    public long? End { get; private set; }

    public static VerifiedLog Open(string location, Func<IStoreFile, IStoreFile> wrap, CancellationToken cancellationToken)
    {
        StoreDirectory directory = StoreDirectory.OpenOrMake(location, readOnly: true) ?? throw StoreFailures.NothingToRead(location);
        try
        {
            return WithRightToWrite(directory, share => Open(directory, share, wrap), cancellationToken);
        }
        catch
        {
            directory.Dispose();
            throw;
        }
    }

    /// <summary>Whether somebody has begun to write since: then what looked damaged may have been half a write.</summary>
    public bool HasComeToUse(CancellationToken cancellationToken)
    {
        long? before = End;
        End ??= WithRightToWrite(_directory, share => LogGenerations.FindNewest(_directory) == Generation ? EndOf(share, Generation) : null, cancellationToken);
        return before is null && End is not null;
    }

    public void Dispose()
    {
        File.Dispose();
        _directory.Dispose();
    }

    private static VerifiedLog Open(StoreDirectory directory, LogShare share, Func<IStoreFile, IStoreFile> wrap)
    {
        long generation = LogGenerations.FindNewest(directory);
        if (generation == 0)
        {
            throw StoreFailures.NothingToRead(directory.Path);
        }

        IStoreFile file = LogGenerations.Open(directory, generation, readOnly: true);
        try
        {
            return new VerifiedLog(directory, wrap(file), generation, EndOf(share, generation));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static long? EndOf(LogShare share, long generation) =>
        !share.Join() && share.Page is { HasMagic: true, Version: SharedPage.CurrentVersion } page && page.IsOfBoot(BootId.Current) && page.End.IsOf(generation)
            ? page.End.Offset
            : null;

    private static T WithRightToWrite<T>(StoreDirectory directory, Func<LogShare, T> look, CancellationToken cancellationToken)
    {
        using LogShare share = LogShare.Open(directory, LogSettings.Of(new SecretStoreOptions { ReadOnly = true }));
        share.Enter(TimeSpan.Zero, cancellationToken);
        try
        {
            return look(share);
        }
        finally
        {
            share.Exit();
        }
    }
}
