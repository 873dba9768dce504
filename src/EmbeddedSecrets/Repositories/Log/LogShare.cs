using EmbeddedSecrets.Errors;
using EmbeddedSecrets.Files;
using EmbeddedSecrets.Interop;

namespace EmbeddedSecrets.Repositories.Log;

/// <summary>
/// What all instances of a store share, in this process and in others (DESIGN F6): the right to write, the right to compact,
/// who is there, and the page that says where the log ends.
/// </summary>
internal sealed class LogShare : IDisposable
{
    private readonly IStoreDirectory _directory;
    private readonly CommitLock _commit;
    private readonly ISharedLock? _compaction;
    private readonly TimeSpan _patience;
    private readonly bool _readOnly;
    private volatile SharedPage? _page;

    private LogShare(IStoreDirectory directory, CommitLock commit, ISharedLock? compaction, LogSettings settings)
    {
        _directory = directory;
        _commit = commit;
        _compaction = compaction;
        _patience = settings.LockTimeout;
        _readOnly = settings.ReadOnly;
    }

    /// <summary>Gets the page; null while there is none, for an instance that must not make one.</summary>
    public SharedPage? Page => _page;

    public static LogShare Open(IStoreDirectory directory, LogSettings settings)
    {
        ISharedLock? queue = null;
        ISharedLock? commit = null;
        ISharedLock? compaction = null;
        try
        {
            queue = directory.OpenLock(LockName.Queue);
            commit = directory.OpenLock(LockName.Commit) ?? throw StoreFailures.LockFileMissing(directory.Path);
            compaction = directory.OpenLock(LockName.Compaction);
            var share = new LogShare(directory, new CommitLock(queue, commit), compaction, settings);
            share.OpenPage();
            return share;
        }
        catch (Exception exception)
        {
            queue?.Dispose();
            commit?.Dispose();
            compaction?.Dispose();
            if (exception is IOException or UnauthorizedAccessException)
            {
                throw StoreFailures.OpeningFailed(directory.Path, exception, settings.ReadOnly);
            }

            throw;
        }
    }

    /// <summary>Takes the right to write; every success is followed by one <see cref="Exit"/>.</summary>
    /// <param name="waited">How long the caller has waited already.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="SecretStoreUnavailableException">Somebody else holds it and does not give it back, or the lock cannot be used.</exception>
    public void Enter(TimeSpan waited, CancellationToken cancellationToken)
    {
        try
        {
            if (!_commit.TryEnter(_patience - waited, cancellationToken))
            {
                throw Locked();
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Unusable(exception);
        }

        NoteHolder();
    }

    /// <summary>Does something with the right to write; see <see cref="CommitLock.TryRun"/>. Fails as <see cref="Enter"/>, and nothing is done then.</summary>
    public void Run(ILockedWork work, TimeSpan waited, CancellationToken cancellationToken)
    {
        try
        {
            if (!_commit.TryRun(work, _patience - waited, cancellationToken))
            {
                throw Locked();
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Unusable(exception);
        }
    }

    /// <summary>Tells those who wait for whom they do.</summary>
    public void NoteHolder()
    {
        if (_page is { IsReadOnly: false } page)
        {
            page.Holder = Environment.ProcessId;
        }
    }

    public void Exit() => _commit.Exit();

    /// <summary>Takes the right to compact, without waiting.</summary>
    public bool TryEnterCompaction() => _compaction!.TryTake();

    public void ExitCompaction() => _compaction!.Release();

    /// <summary>Maps the page that stands there now, in place of the one that was mapped before.</summary>
    public void OpenPage()
    {
        SharedPage? page = _directory.OpenPage();
        _page?.Dispose();
        _page = page;
    }

    /// <summary>
    /// Whether no other instance that writes has the store open, so that the page says nothing. Only with the right to write.
    /// An instance that writes is then present itself.
    /// </summary>
    public bool Join()
    {
        if (_page is not { } page)
        {
            return true;
        }

        bool alone = page.Presence.TryTake();
        if (_readOnly)
        {
            page.Presence.Release();
        }
        else if (!page.Presence.TryTake(exclusive: false))
        {
            throw new IOException("The lock on the shared page cannot be taken.");
        }

        return alone;
    }

    /// <summary>
    /// Ends being present, for who did not set up the page. Only with the right to write: whoever has it next must not take
    /// somebody present for a sign that the page is right.
    /// </summary>
    public void Leave() => _page?.Presence.Release();

    /// <summary>Ends being present. Only with the right to write.</summary>
    /// <returns>Whether no other instance that writes is there.</returns>
    public bool Part() => _page is { } page && page.Presence.TryTake();

    public void Dispose()
    {
        _page?.Dispose();
        _compaction?.Dispose();
        _commit.Dispose();
    }

    private SecretStoreUnavailableException Locked() => StoreFailures.Locked(_directory.Path, _page?.Holder ?? 0, _patience);

    private SecretStoreException Unusable(Exception exception) => StoreFailures.OpeningFailed(_directory.Path, exception, _readOnly);
}
