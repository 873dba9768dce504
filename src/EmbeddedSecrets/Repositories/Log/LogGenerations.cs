using EmbeddedSecrets.Errors;

namespace EmbeddedSecrets.Repositories.Log;

/// <summary>
/// Which log of a directory counts, and how a new one takes its place: made under a temporary name, flushed, renamed, and the
/// directory flushed. Until the last step the older one counts after a power cut, from it on the newer one (DESIGN F7).
/// </summary>
internal static class LogGenerations
{
    /// <summary>Opens the newest log; null where there is none. For writing, what an interrupted making left behind is removed.</summary>
    public static (ILogFile File, long Generation)? OpenNewest(ILogDirectory directory, bool readOnly)
    {
        string path = directory.Path;
        try
        {
            long newest = 0;
            foreach (string name in directory.ListNames())
            {
                newest = Math.Max(newest, LogName.GenerationOf(name));
                if (!readOnly && LogName.IsTemporary(name))
                {
                    directory.Delete(name);
                }
            }

            if (newest == 0)
            {
                return null;
            }

            path = System.IO.Path.Combine(directory.Path, LogName.Of(newest));
            if (!readOnly)
            {
                // Whoever made it may have been killed before its name was on the disk.
                directory.Flush();
            }

            return (directory.Open(LogName.Of(newest), readOnly), newest);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw StoreFailures.OpeningFailed(path, exception, readOnly);
        }
    }

    /// <summary>Removes the logs before the one that counts, and waits until they are gone. What cannot be removed now is removed by the next opening.</summary>
    public static void RemoveOlder(ILogDirectory directory, long generation)
    {
        try
        {
            bool removed = false;
            foreach (string name in directory.ListNames())
            {
                if (LogName.GenerationOf(name) is > 0 and long older && older < generation)
                {
                    directory.Delete(name);
                    removed = true;
                }
            }

            if (removed)
            {
                directory.Flush();
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It does no harm where it is: the newest one counts.
        }
    }

    /// <summary>Makes the log of a new store: <paramref name="fill"/> writes and flushes what it begins with.</summary>
    public static ILogFile CreateFirst(ILogDirectory directory, long generation, Action<ILogFile> fill)
    {
        ILogFile? file = null;
        try
        {
            file = directory.Create(LogName.TemporaryOf(generation));
            fill(file);
            directory.Rename(file, LogName.Of(generation));
            directory.Flush();
            ILogFile created = file;
            file = null;
            return created;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw StoreFailures.OpeningFailed(System.IO.Path.Combine(directory.Path, LogName.Of(generation)), exception, readOnly: false);
        }
        finally
        {
            if (file is not null)
            {
                file.Dispose();
                TryDelete(directory, LogName.TemporaryOf(generation));
            }
        }
    }

    public static void TryDelete(ILogDirectory directory, string name)
    {
        try
        {
            directory.Delete(name);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The next opening for writing removes it.
        }
    }
}
