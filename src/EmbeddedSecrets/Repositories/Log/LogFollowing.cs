using EmbeddedSecrets.Files;

namespace EmbeddedSecrets.Repositories.Log;

/// <summary>
/// Takes over what other instances have written (DESIGN F6): the frames between the end that this instance knows and the one
/// that is published. The order and the chain come from the frames themselves, never from the page.
/// </summary>
internal static class LogFollowing
{
    /// <summary>Replays a log on to an end that was published: everything before it is on the disk and whole.</summary>
    /// <param name="view">The log; its index is moved on.</param>
    /// <param name="state">Where the log stands; moved on frame by frame.</param>
    /// <param name="end">The published end.</param>
    /// <param name="seal">Opens frames.</param>
    /// <param name="guard">Is told of every state.</param>
    /// <param name="given">The header that must be met, when a whole log is replayed at an opening.</param>
    /// <param name="cancellationToken">Ends it between two frames.</param>
    /// <returns>Whether the given header was met.</returns>
    /// <exception cref="SecretStoreIntegrityException">What stands before the end is not what was written there.</exception>
    public static bool Advance(
        LogView view, LogState state, long end, FrameSeal seal, RollbackGuard guard, RepositoryHeader? given, CancellationToken cancellationToken)
    {
        var replay = new LogReplay(new LogReader(view.File, end), seal, view.Index, state, guard);
        replay.RunTo(end, given, cancellationToken);
        return replay.MetHeader;
    }

    /// <summary>Opens the log that the page names, and replays it to its published end.</summary>
    /// <returns>The log, or null when another one has taken its place meanwhile: look at the page again.</returns>
    public static (LogView View, LogState State, bool MetHeader)? TryOpen(
        IStoreDirectory directory, LogEnd end, bool readOnly, LogIndex index, FrameSeal seal, RollbackGuard guard, RepositoryHeader? given, CancellationToken cancellationToken)
    {
        long generation = directory.ListNames().Select(LogName.GenerationOf).Where(found => found > 0 && end.IsOf(found)).DefaultIfEmpty(0).Max();
        if (generation == 0)
        {
            return null;
        }

        IStoreFile file;
        try
        {
            file = directory.Open(LogName.Of(generation), readOnly);
        }
        catch (IOException) when (!directory.Exists(LogName.Of(generation)))
        {
            return null;
        }

        try
        {
            var view = new LogView(file, index);
            var state = new LogState { Generation = generation };
            bool met = Advance(view, state, end.Offset, seal, guard, given, cancellationToken);
            return (view, state, met);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>What a killed writer left behind the end becomes zeros, on the disk before anything is written there.</summary>
    /// <returns>Whether there was something.</returns>
    public static bool RemoveUnfinished(IStoreFile file, SharedPage page, long end)
    {
        (long from, long to) = page.Intent;
        if (to == 0)
        {
            return false;
        }

        // Killed between publishing and clearing the intent: that frame counts.
        from = Math.Max(from, end);
        to = Math.Min(to, file.Length);
        if (from < to)
        {
            Zeros.Write(file, from, to);
            file.FlushData();
        }

        page.Intent = default;
        return from < to;
    }
}
