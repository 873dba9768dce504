using EmbeddedSecrets.Errors;
using EmbeddedSecrets.Files;

namespace EmbeddedSecrets.Repositories.Log;

/// <summary>
/// The two steps to an open log (DESIGN section 2): its header, which the keys are unlocked with; and then the log itself,
/// made, recovered or joined.
/// </summary>
internal sealed class LogOpening : IDisposable
{
    private readonly IStoreDirectory _directory;
    private readonly LogShare _share;
    private readonly LogSettings _settings;
    private readonly Func<LogIndex> _newIndex;
    private long _foundGeneration;

    /// <summary>Takes over the directory. What the instances share is opened with it.</summary>
    public LogOpening(IStoreDirectory directory, LogSettings settings, Func<LogIndex> newIndex)
    {
        _directory = directory;
        _settings = settings;
        _newIndex = newIndex;
        try
        {
            _share = LogShare.Open(directory, settings);
        }
        catch
        {
            directory.Dispose();
            throw;
        }
    }

    /// <summary>By checksum alone; nothing of it is believed before the log is opened (DESIGN section 2, step a).</summary>
    public RepositoryHeader? FindHeader()
    {
        SharedPage? page = _share.Page;
        while (true)
        {
            _foundGeneration = LogGenerations.FindNewest(_directory);
            if (_foundGeneration == 0)
            {
                return null;
            }

            string name = LogName.Of(_foundGeneration);
            try
            {
                using IStoreFile file = _directory.Open(name, readOnly: true);

                // Read once: the next log may take the place of this one, and ends elsewhere.
                LogEnd end = page?.End ?? default;
                bool isLive = page is { HasMagic: true } && page.IsOfBoot(BootId.Current) && end.IsOf(_foundGeneration);
                return LogScan.FindHeader(file, isLive ? end.Offset : null);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                if (_directory.Exists(name))
                {
                    throw StoreFailures.OpeningFailed(Path.Combine(_directory.Path, name), exception, _settings.ReadOnly);
                }

                // Another log has taken its place meanwhile.
            }
        }
    }

    /// <summary>Null when the log is another one than the header was found in: the keys must be unlocked anew.</summary>
    public OpenLog? Start(RepositoryHeader header, IStoreProtector protector, CancellationToken cancellationToken)
    {
        _share.Enter(TimeSpan.Zero, cancellationToken);
        try
        {
            long newest = LogGenerations.FindNewest(_directory);
            if (newest == 0 && _foundGeneration == 0)
            {
                if (_settings.ReadOnly)
                {
                    throw StoreFailures.ReadOnly(_directory.Path);
                }

                _ = _share.Join();
                return OpenLog.Create(_directory, _share, header, protector, _settings, _newIndex);
            }

            if (newest != _foundGeneration)
            {
                return null;
            }

            if (_share.Join() || !_share.Page!.HasMagic)
            {
                IStoreFile file = LogGenerations.Open(_directory, newest, _settings.ReadOnly);
                try
                {
                    return OpenLog.Recover(_directory, _share, file, newest, header, protector, _settings, _newIndex, cancellationToken);
                }
                catch
                {
                    file.Dispose();
                    throw;
                }
            }

            if (_share.Page!.Version != SharedPage.CurrentVersion)
            {
                throw StoreFailures.PageOfNewerVersion(_directory.Path, _share.Page.Version);
            }
        }
        catch
        {
            _share.Leave();
            throw;
        }
        finally
        {
            _share.Exit();
        }

        return OpenLog.Join(_directory, _share, header, protector, _settings, _newIndex, cancellationToken);
    }

    public void Dispose()
    {
        _share.Dispose();
        _directory.Dispose();
    }
}
