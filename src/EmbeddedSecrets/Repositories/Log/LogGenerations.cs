using EmbeddedSecrets.Errors;
using EmbeddedSecrets.Files;

namespace EmbeddedSecrets.Repositories.Log;

/// <summary>
/// Which log of a directory counts, and how a new one takes its place: made under a temporary name, flushed, renamed, and the
/// directory flushed. Until the last step the older one counts after a power cut, from it on the newer one (DESIGN F7).
/// </summary>
internal static class LogGenerations
{
    /// <summary>The newest generation; 0 where there is no log.</summary>
    public static long FindNewest(IStoreDirectory directory)
    {
        try
        {
            long newest = 0;
            foreach (string name in directory.ListNames())
            {
                newest = Math.Max(newest, LogName.GenerationOf(name));
            }

            return newest;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw StoreFailures.ReadFailed(directory.Path, exception);
        }
    }

    /// <summary>Opens a log that is there. For writing: whoever made it may have been killed before its name was on the disk.</summary>
    public static IStoreFile Open(IStoreDirectory directory, long generation, bool readOnly)
    {
        try
        {
            if (!readOnly)
            {
                directory.Flush();
            }

            return directory.Open(LogName.Of(generation), readOnly);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw StoreFailures.OpeningFailed(System.IO.Path.Combine(directory.Path, LogName.Of(generation)), exception, readOnly);
        }
    }

    /// <summary>
    /// Removes the logs before the one that counts and what an interrupted making left behind, and waits until they are gone.
    /// What cannot be removed now is removed by the next compaction or opening.
    /// </summary>
    public static void RemoveOlder(IStoreDirectory directory, long generation)
    {
        try
        {
            bool removed = false;
            foreach (string name in directory.ListNames())
            {
                if ((LogName.GenerationOf(name) is > 0 and long older && older < generation) || LogName.IsTemporary(name) || LogName.IsStaging(name))
                {
                    TryDelete(directory, name);
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
    public static IStoreFile CreateFirst(IStoreDirectory directory, long generation, Action<IStoreFile> fill)
    {
        IStoreFile? file = null;
        string temporary = LogName.NewTemporaryOf(generation);
        try
        {
            file = directory.Create(temporary);
            fill(file);
            directory.Rename(file, LogName.Of(generation));
            directory.Flush();
            IStoreFile created = file;
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
                TryDelete(directory, temporary);
            }
        }
    }

    public static void TryDelete(IStoreDirectory directory, string name)
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
